"""What matching stores has no place for who a person is, and contacts of publishers do not get in."""

import re

from tests.integration.matching.calls import City, a_vacancy

CANARY = "aino.esimerkki@example.org"
FORBIDDEN = re.compile(
    r"(^|_)(name|names|forename|surname|email|mail|phone|telephone|address|street|birth|born|age|gender|sex|nationality"
    r"|citizenship|religion|health|disability|ssn|hetu|identity|person|user|owner_subject|contact|photo)(_|$)"
)


async def test_no_column_is_made_for_an_identity(city: City) -> None:
    """In no table of the service; the migration tool's own tables are about migrations."""
    columns = city.rows.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and table_name not like '%yoyo%'"
    ).fetchall()
    assert len(columns) > 40
    assert not [column for column in columns if FORBIDDEN.search(column[1])]


async def test_contacts_in_an_event_are_left_behind(city: City) -> None:
    """A producer that sends a contact person by mistake finds none of it in matching's tables."""
    opening = a_vacancy()
    opening.contacts.add(name="Aino Esimerkki", email=CANARY)
    await city.publish(opening)
    await city.taken(opening.name, 1)
    await city.indexed()
    tables = city.rows.execute(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    ).fetchall()
    for (table,) in tables:
        query = f'select count(*) from "{table}" as row where row::text like %s or row::text like %s'  # noqa: S608
        assert city.one(query, f"%{CANARY}%", "%Esimerkki%") == 0, table
