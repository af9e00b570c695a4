"""The fake and the vocabulary's code lists keep one contract."""

import pytest

from services.profiles.adapters.codes import VocabularyCodes
from services.profiles.domain.rules import CodeList, Codes
from shared import vocabulary
from tests.fakes.profiles import FakeCodes


@pytest.fixture(params=[FakeCodes, lambda: VocabularyCodes(vocabulary.load())], ids=["fake", "vocabulary"])
def codes(request: pytest.FixtureRequest) -> Codes:
    """The code lists."""
    made: Codes = request.param()
    return made


@pytest.mark.parametrize(
    ("codes_of", "code"),
    [
        (CodeList.MUNICIPALITY, "049"),
        (CodeList.MUNICIPALITY, "091"),
        (CodeList.LICENCE, "driving-licence-b"),
        (CodeList.LICENCE, "hygiene-passport"),
        (CodeList.ISCO, "5"),
        (CodeList.ISCO, "9112"),
    ],
)
def test_codes_that_exist_are_known(codes: Codes, codes_of: CodeList, code: str) -> None:
    """Espoo and Helsinki, driving licence B and the hygiene passport, service workers and cleaners are known."""
    assert codes.knows(codes_of, code)


@pytest.mark.parametrize("codes_of", list(CodeList))
@pytest.mark.parametrize("code", ["", "000", "999", "49", "Espoo", "driving-licence", "hygiene-passport ", "99999"])
def test_other_codes_are_not(codes: Codes, codes_of: CodeList, code: str) -> None:
    """What is in no list is unknown, however near it is."""
    assert not codes.knows(codes_of, code)


@pytest.mark.parametrize("codes_of", list(CodeList))
def test_the_nearest_code_is_a_known_one(codes: Codes, codes_of: CodeList) -> None:
    """A hint is a code that would be accepted."""
    near = {CodeList.MUNICIPALITY: "048", CodeList.LICENCE: "driving-licence-bb", CodeList.ISCO: "9119"}

    assert codes.knows(codes_of, codes.nearest(codes_of, near[codes_of]))
