"""The counsellor's story: their own people, one of them beside one opening, and the record of having looked."""

import pytest

from deploy.command.api import Api, Refused
from tests.e2e.conftest import Espoo, until


async def test_a_counsellor_sees_the_people_assigned_to_them(espoo: Espoo) -> None:
    """The caseload lists every resident of the demo; another counsellor's is empty."""
    async with espoo.counsellor() as api:
        names = {entry["profile"] for entry in (await api.get("/v1/caseload", page_size=100))["entries"]}
    assert {f"profiles/{each.profile}" for each in espoo.city.residents} <= names
    async with espoo.counsellor("somebody-else") as api:
        assert not (await api.get("/v1/caseload")).get("entries")


async def test_one_person_beside_one_opening_requirement_by_requirement(espoo: Espoo) -> None:
    """Each verdict has a rule, an outcome and a sentence; the parts sum to the total."""
    profile = espoo.resident("tiina").profile
    async with espoo.counsellor() as api:
        first = (await api.get(f"/v1/profiles/{profile}/matches", page_size=1))["matches"][0]
        opening = first["opening"]["name"].removeprefix("openings/")
        answer = await api.get(f"/v1/profiles/{profile}/matches/{opening}", language="fi")
    assert answer["eligible"] is True
    assert answer["match"]["verdicts"]
    for verdict in answer["match"]["verdicts"]:
        assert verdict["rule"]
        assert verdict["outcome"]
        assert verdict["text"]
    total = sum(part.get("contribution", 0.0) for part in answer["match"]["parts"])
    assert total == pytest.approx(answer["match"]["total"], abs=1e-9)


async def test_not_yours_and_does_not_exist_look_the_same(espoo: Espoo) -> None:
    """The answers differ in nothing but the trace id."""
    absent = "00000000-0000-7000-8000-000000000000"
    answers = []
    async with espoo.counsellor("somebody-else") as api:
        for profile in (espoo.resident("tiina").profile, absent):
            for path in (f"/v1/profiles/{profile}", f"/v1/profiles/{profile}/matches"):
                with pytest.raises(Refused) as refused:
                    await api.get(path)
                answers.append((refused.value.status, refused.value.reason, str(refused.value)))
    assert answers[:2] == answers[2:]
    assert {status for status, _, _ in answers} == {403}


async def test_nobody_reads_a_person_without_a_token(espoo: Espoo) -> None:
    """Every path about a person answers 401."""
    profile = espoo.resident("tiina").profile
    async with Api(espoo.gateway) as api:
        for path in ("", "/matches", "/excluded", "/next-steps", "/question", "/access-log"):
            with pytest.raises(Refused) as refused:
                await api.get(f"/v1/profiles/{profile}{path}")
            assert refused.value.status == 401


async def test_the_person_sees_that_the_counsellor_looked(espoo: Espoo) -> None:
    """After a counsellor's list the person's access log has a row with the counsellor's role and the purpose."""
    resident = espoo.resident("linnea")
    async with espoo.counsellor() as api:
        await api.get(f"/v1/profiles/{resident.profile}/matches", page_size=1)

    async with espoo.seeker("linnea") as api:

        async def seen() -> bool:
            log = await api.get(f"/v1/profiles/{resident.profile}/access-log", page_size=100)
            return any(
                row["role"] == "counsellor" and row["method"].endswith("/ListMatches") for row in log["accesses"]
            )

        await until(seen, "the access is on record")


async def test_broken_glass_opens_a_record_and_the_person_sees_why(espoo: Espoo) -> None:
    """A counsellor of another unit is refused, then reads profile and matches for a reason, and may change nothing."""
    resident = espoo.resident("tiina")
    person = f"/v1/profiles/{resident.profile}"
    reason = {"reasonCode": "REASON_COUNSELLOR_ABSENT", "reason": "Tiina waits at the desk, and it cannot wait."}
    stand_in = espoo.stack.issuer.token("stand-in", "counsellor", unit="another-unit")
    async with Api(espoo.gateway, token=stand_in) as api:
        for path in (person, f"{person}/matches"):
            with pytest.raises(Refused):
                await api.get(path)
        await api.post(f"{person}:break-glass", reason)
        assert (await api.get(person))["work"]
        assert (await api.get(f"{person}/matches", page_size=1))["matches"]
        with pytest.raises(Refused) as refused:
            await api.post(f"{person}:assign", {"counsellor": "stand-in", "unit": "another-unit"})
        assert refused.value.status == 403

    async with espoo.seeker("tiina") as api:
        (seen,) = (await api.get(f"{person}/overrides"))["overrides"]
    assert (seen["unit"], seen["reason"]) == ("another-unit", reason["reason"])
    assert "counsellor" not in seen


async def test_a_list_that_was_served_can_be_read_again(espoo: Espoo) -> None:
    """The decision holds the served items with the versions of everything."""
    resident = espoo.resident("priya")
    async with espoo.seeker("priya") as api:
        listed = await api.get(f"/v1/profiles/{resident.profile}/matches", page_size=3)
        decision = await api.get(f"/v1/{listed['decision']}")
    assert [match["opening"]["name"] for match in decision["matches"]] == [
        match["opening"]["name"] for match in listed["matches"]
    ]
    assert decision["versions"] == listed["versions"]


async def test_the_stack_stays_within_its_memory(espoo: Espoo) -> None:
    """All processes together come to rest below 1.4 GB; the supervisor here is the test run itself.

    At rest: in its first seconds the encoder learns how words are translated, and needs more while it does.
    """

    async def at_rest() -> bool:
        return sum(size for name, size in espoo.stack.memory().items() if name != "supervisor") < 1.4e9

    await until(at_rest, "memory below 1.4 GB", within=60)
