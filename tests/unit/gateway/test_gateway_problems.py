"""Errors over HTTP."""

import json

import pytest

from services.gateway.problems import STATUS, json_path, problem, status_of
from shared.kernel.errors import (
    BY_CODE,
    Aborted,
    FieldViolation,
    InvalidArgument,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)


@pytest.mark.parametrize("code", BY_CODE)
def test_every_kernel_error_has_a_status(code: str) -> None:
    """Each code of the kernel has its status, and its problem says the same one in header and document."""
    response = problem(BY_CODE[code]("SOME_REASON", "What to do."))
    assert response.status_code == STATUS[code]
    document = json.loads(bytes(response.body))
    assert document["status"] == STATUS[code]
    assert document["title"]
    assert response.media_type == "application/problem+json"


def test_a_problem_has_the_members_of_rfc_9457_and_the_reason() -> None:
    """type, title, status, detail and ours: reason, traceId, violations with value and nearest."""
    violation = FieldViolation("opening.vacancy.language_demand", "CODE_UNKNOWN", "Use a known code.", "xx", "fi")
    error = InvalidArgument("BODY_INVALID", "It does not fit.", metadata={"a": "b"}, violations=(violation,))
    document = json.loads(bytes(problem(error, prefix="opening.").body))
    assert document == {
        "type": "urn:polku:problem:body-invalid",
        "title": "The request cannot be used",
        "status": 400,
        "detail": "It does not fit.",
        "reason": "BODY_INVALID",
        "traceId": document["traceId"],
        "metadata": {"a": "b"},
        "violations": [
            {
                "field": "vacancy.languageDemand",
                "reason": "CODE_UNKNOWN",
                "description": "Use a known code.",
                "value": "xx",
                "nearest": "fi",
            }
        ],
    }


def test_a_stale_etag_is_412_only_where_the_request_was_conditional() -> None:
    """ABORTED is 409; with If-Match and ETAG_STALE it is 412, and the current etag is in the header."""
    stale = Aborted("ETAG_STALE", "Read it again.", metadata={"etag": '"3"'})
    assert status_of(stale) == 409
    assert status_of(stale, conditional=True) == 412
    assert status_of(Aborted("RACE_LOST", "Again."), conditional=True) == 409
    assert problem(stale, conditional=True).headers["etag"] == '"3"'


def test_a_body_that_is_too_large_is_413_and_a_quota_429() -> None:
    """RESOURCE_EXHAUSTED is 413 for sizes, else 429 with Retry-After."""
    assert status_of(ResourceExhausted("BODY_TOO_LARGE", "Smaller.")) == 413
    limited = problem(ResourceExhausted("QUOTA", "Wait.", retry_after=2.4))
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "3")


def test_refusals_say_how_to_go_on() -> None:
    """401 names the schemes, 503 when to come back; no error may be kept by a cache."""
    assert "Bearer" in problem(Unauthenticated("TOKEN_INVALID", "Sign in.")).headers["www-authenticate"]
    assert problem(Unavailable("DOWN", "Again.")).headers["retry-after"] == "1"
    assert problem(PermissionDenied()).headers["cache-control"] == "no-store"


def test_twenty_violations_at_most() -> None:
    """Of many violations the first twenty are listed."""
    many = tuple(FieldViolation(f"field{number}", "R", "d") for number in range(30))
    document = json.loads(bytes(problem(InvalidArgument("BODY_INVALID", "m", violations=many)).body))
    assert [found["field"] for found in document["violations"]] == [f"field{number}" for number in range(20)]


def test_paths_have_the_names_of_json() -> None:
    """Proto names become lowerCamelCase; indexes stay."""
    assert json_path("work.right_to_work.isco_sectors[2]") == "work.rightToWork.iscoSectors[2]"
