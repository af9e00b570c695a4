"""The table as a page for people: docs/policy.md."""

from collections.abc import Iterator
from itertools import groupby

from services.profiles.domain.policy.table import ABOUT_NOBODY, POLICY
from shared.kernel.principal import Role

_HEAD = """# Who may do what with a person's record

Made from `services/profiles/domain/policy/table.py` by `python -m services.profiles policy > docs/policy.md`; a test
compares the two. What has no row is refused, with the same answer as for a person who does not exist. Every row that
gives out data leaves an access row, with the kinds of data, before the answer goes.
"""
_PEOPLE = """
## Methods about one person

| method | role | relation | purposes | kinds of data given out |
|---|---|---|---|---|
"""
_OTHERS = """
## Methods that give out nothing of a person

| method | roles |
|---|---|
"""


def page() -> str:
    """The whole page, Markdown."""
    people = "".join(f"| {' | '.join(row)} |\n" for row in sorted(_rows()))
    others = "".join(f"| `{_short(method)}` | {_roles(roles)} |\n" for method, roles in sorted(ABOUT_NOBODY.items()))
    return _HEAD + _PEOPLE + people + _OTHERS + others


def _rows() -> Iterator[tuple[str, ...]]:
    """One row for each method, role and relation; no two purposes of one differ in what they give."""
    keys = sorted(POLICY, key=lambda key: (key[3].value, key[0], key[1], key[2]))
    for (action, role, relation), same in groupby(keys, key=lambda key: (key[3], key[0], key[1])):
        named = [key[2] for key in same]
        purposes = ", ".join(_words(purpose.name) for purpose in named)
        kinds = {POLICY[role, relation, purpose, action] for purpose in named}
        given = "; ".join(", ".join(_words(kind.name) for kind in each) for each in sorted(kinds)) or "nothing"
        yield f"`{_short(action.value)}`", role.value, _words(relation.name) if relation else "any", purposes, given


def _roles(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles))


def _words(name: str) -> str:
    return name.lower().replace("_", " ")


def _short(method: str) -> str:
    return method.removeprefix("polku.")
