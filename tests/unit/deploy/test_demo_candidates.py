"""The demo has candidates to show."""

from polku.profiles.v1 import profile_service_pb2

from deploy.command.demo import PUBLISHER
from deploy.demo import DemoPerson
from services.matching.adapters.wire.profile import profile_from_wire
from services.matching.domain.anonymity import LEAST
from services.matching.domain.aspects import is_willing
from services.matching.domain.eligibility import judge
from shared.kernel.ids import new_id
from tests.unit.deploy.test_demo_data import PEOPLE, candidates, of_kind, profile_message, query


def may_be_shown(person: DemoPerson) -> bool:
    """Whether matching takes the person for willing."""
    answer = profile_service_pb2.GetMatchingProfileResponse(
        name=f"profiles/{new_id()}", choices=profile_message(person).choices
    )
    return is_willing(profile_from_wire(answer).choices)


def test_vacancies_of_the_demo_publisher_have_candidates_enough_to_be_shown() -> None:
    """For a dozen of them and more, so many willing people are eligible that what they share is not withheld."""
    willing = [query(person) for person in PEOPLE if may_be_shown(person)]
    mine = [row.external_id for row in of_kind("vacancies") if row.publisher == PUBLISHER]
    enough = [name for name in mine if sum(judge(one, candidates()[name]).eligible for one in willing) >= LEAST]
    assert len(enough) >= 12
