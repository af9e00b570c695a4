"""The forms of the pages over HTTP: what a person says, contests and corrects, and what a counsellor answers."""

import re

import httpx
import pytest
from polku.matching.v1.feedback_pb2 import Contest, Feedback

from shared.kernel.errors import NotFound, Unavailable
from tests.fakes.gateway_matches import DECISION, FIRST, LEFT_OUT
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SEEKER_PROFILE
from tests.integration.gateway.browsing import OURS, page, send_form, sign_in, token_in

CASE = f"/people/{SEEKER_PROFILE}"
FAULT = f"{LEFT_OUT} language.speaking fi"


async def test_saying_no_takes_an_opening_out_at_once_and_says_so(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """One press: the list is shown again without it, what changed is said once, and it can be taken back."""
    await sign_in(http)
    answer = await send_form(http, "/me/feedback", word=f"not_interested {FIRST}", decision=DECISION, kind="vacancy")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?kind=vacancy#notice")
    sent = next(call.request for call in services.matching.calls if call.method == "GiveFeedback")
    assert (sent.kind, sent.decision) == (Feedback.KIND_NOT_INTERESTED, DECISION)
    text = await page(http, "/me")
    assert "This is out of your list." in text
    assert "1 is out because you do not want it." in text
    assert f'id="opening-{FIRST}"' not in text
    assert "This is out of your list." not in await page(http, "/me")
    back = await send_form(http, "/me/feedback/withdraw", opening=FIRST)
    assert back.headers["location"] == "/me#notice"
    again = await page(http, "/me")
    assert "Your choice is taken back." in again
    assert f'id="opening-{FIRST}"' in again


async def test_what_is_interesting_is_marked_where_it_stands(http: httpx.AsyncClient) -> None:
    """The browser comes back to the opening, which now carries a mark and the way to take it back."""
    await sign_in(http)
    answer = await send_form(http, "/me/feedback", word=f"interested {FIRST}")
    assert answer.headers["location"] == f"/me#opening-{FIRST}"
    text = await page(http, "/me")
    assert "Marked as interesting" in text
    assert f'name="opening" value="{FIRST}"' in text


async def test_all_choices_are_listed_to_be_taken_back(http: httpx.AsyncClient, services: FakeServices) -> None:
    """With title, word and date; an opening that is not published any more has no title and can still be taken back."""
    await sign_in(http)
    assert "Nothing has been chosen yet." in await page(http, "/me/feedback")
    await send_form(http, "/me/feedback", word=f"not_interested {FIRST}")
    services.openings.failures["GetOpening"] = NotFound("OPENING_NOT_FOUND", "Gone.")
    await send_form(http, "/me/feedback", word=f"interested {LEFT_OUT}")
    gone = await page(http, "/me/feedback")
    assert gone.count("This opening is not published any more.") == 2
    services.openings.failures.clear()
    text = await page(http, "/me/feedback")
    assert "Kotihoidon hoiva-avustaja" in text
    assert f'value="{FIRST}"' in text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/me/feedback", {"word": f"loved {FIRST}"}),
        ("/me/feedback", {"word": "not_interested x"}),
        ("/me/feedback/withdraw", {"opening": "../x"}),
        ("/me/contests", {"fault": "x language.speaking fi"}),
        ("/me/contests", {}),
    ],
)
async def test_forms_of_others_make_are_refused(
    http: httpx.AsyncClient, services: FakeServices, path: str, form: dict[str, str]
) -> None:
    """A word, an id or a fault that no page of ours has is a plain error page, and nothing is written."""
    await sign_in(http)
    assert (await send_form(http, path, **form)).status_code == 400
    assert not {"GiveFeedback", "WithdrawFeedback", "ContestMatch"} & {call.method for call in services.matching.calls}


@pytest.mark.parametrize(
    "path",
    ["/me/feedback", "/me/feedback/withdraw", "/me/contests", "/me/correct", f"{CASE}/contests/{FIRST}/resolve"],
)
async def test_another_site_cannot_press_a_button(http: httpx.AsyncClient, services: FakeServices, path: str) -> None:
    """29: without our origin, or without the session's token, every form's target answers 403 and calls no service."""
    await sign_in(http, "counsellor" if path.startswith(CASE) else "seeker")
    token = token_in((await http.get("/")).text)
    services.matching.calls.clear()
    foreign = await http.post(path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    without = await http.post(path, data={"csrf_token": "x"}, headers=OURS)
    assert (foreign.status_code, without.status_code) == (403, 403)
    assert services.matching.calls == []


async def test_one_click_opens_a_contest_with_what_was_compared(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """The rule and matching's own sentence are kept; the page says that a human answers and how to correct the data."""
    await sign_in(http)
    left_out = await page(http, "/me/left-out")
    assert f'name="fault" value="{FAULT}"' in left_out
    answer = await send_form(http, "/me/contests", fault=FAULT)
    assert answer.headers["location"] == "/me/contests#notice"
    contest = next(iter(services.matching.contests.values()))
    assert (contest.about, contest.opening) == ("language.speaking", f"openings/{LEFT_OUT}")
    assert contest.value == "Asked: speaking Finnish B2. You have B1."
    text = await page(http, "/me/contests")
    for wanted in (
        "A human looks at this: your counsellor.",
        "Waits for an answer",
        "Language: speaking",
        contest.value,
    ):
        assert wanted in text
    assert 'href="/me/correct?field=work.languages&subject=fi"' in text
    assert "Your answer" not in text  # nobody answers what they have contested themselves


async def test_a_form_that_is_sent_twice_asks_once(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Two presses of one button have one id, so that the service answers the same; the page shown anew has another."""
    await sign_in(http)
    ids = []
    for _ in range(2):
        shown = (await http.get("/me/left-out")).text
        form = {name: _field(shown, name) for name in ("csrf_token", "form_id")}
        for fault in (FAULT, FAULT, f"{LEFT_OUT} shift.night "):
            await http.post("/me/contests", data={**form, "fault": fault}, headers=OURS)
            ids.append(
                next(c.request for c in reversed(services.matching.calls) if c.method == "ContestMatch").request_id
            )
    first, again, other, anew, *_ = ids
    assert first == again
    assert len({first, other, anew}) == 3


def _field(shown: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', shown)
    assert found
    return found.group(1)


async def test_a_whole_comparison_is_contested_in_words(http: httpx.AsyncClient, services: FakeServices) -> None:
    """From the page of one opening; a rule that the comparison does not have makes it one about the whole."""
    await sign_in(http)
    await send_form(http, "/me/contests", fault=f"{FIRST} language.speaking sv", words=" It is far away. ")
    contest = next(iter(services.matching.contests.values()))
    assert (contest.about, contest.value, contest.words) == ("", "", "It is far away.")
    text = await page(http, "/me/contests")
    assert "The comparison as a whole" in text
    assert "your counsellor corrects it with you" in text


async def test_a_counsellor_finds_and_answers_what_waits(http: httpx.AsyncClient, services: FakeServices) -> None:
    """Of the whole caseload first, then with the comparison as it is now and a form; the answer is there for both."""
    await sign_in(http, "counsellor")
    assert "Nothing waits for your answer." in await page(http, "/caseload/contests")
    await send_form(http, f"{CASE}/contests", fault=FAULT)
    waiting = await page(http, "/caseload/contests")
    assert "K-1042" in waiting
    contest = next(iter(services.matching.contests.values())).name.removeprefix("contests/")
    assert f'href="{CASE}/contests#contest-{contest}"' in waiting
    form = await page(http, f"{CASE}/contests")
    assert "As it stands now" in form
    assert f'action="{CASE}/contests/{contest}/resolve"' in form
    path = f"{CASE}/contests/{contest}/resolve"
    assert (await send_form(http, path, answer="ANSWER_UNSPECIFIED")).status_code == 400
    answered = await send_form(http, path, answer="ANSWER_STANDS", words="B2 is asked for.")
    assert answered.headers["location"] == f"{CASE}/contests#notice"
    assert next(iter(services.matching.contests.values())).answer == Contest.ANSWER_STANDS
    after = await page(http, f"{CASE}/contests")
    for wanted in ("Your answer is saved.", "It was looked at, and it is right as it is.", "B2 is asked for."):
        assert wanted in after
    assert "Nothing waits for your answer." in await page(http, "/caseload/contests")


async def test_an_answer_is_asked_for_even_where_the_opening_cannot_be_compared(
    http: httpx.AsyncClient, services: FakeServices
) -> None:
    """When the comparison of now is missing, the contest and its form are still there."""
    await sign_in(http, "counsellor")
    await send_form(http, f"{CASE}/contests", fault=FAULT)
    services.matching.failures["ExplainMatch"] = Unavailable("DOWN", "Later.")
    text = await page(http, f"{CASE}/contests")
    assert "As it stands now" not in text
    assert "Send the answer" in text


async def test_next_steps_have_a_page_of_their_own(http: httpx.AsyncClient) -> None:
    """What, how many openings, which ways, which effort; a pair says how many only both changes open."""
    await sign_in(http)
    text = await page(http, "/me/next-steps")
    for wanted in (
        "Finnish, speaking: level B2 (now B1).",
        "14 openings",
        "3 of them only with both changes",
        "Suomen puhekurssi B1–B2, iltaisin",
        "Much effort",
        "A small change",
    ):
        assert wanted in text


@pytest.mark.parametrize("path", ["next-steps", "feedback", "contests", "correct?field=work.limits.nights"])
async def test_before_there_is_a_profile_no_page_is_an_error(http: httpx.AsyncClient, path: str) -> None:
    """A seeker without a profile is told how to get one on each of these pages."""
    await sign_in(http, "newcomer")
    assert "You have no profile yet." in await page(http, f"/me/{path}")


@pytest.mark.parametrize("path", ["/me/contests", "/me/watch", "/caseload/contests"])
async def test_pages_of_the_other_role_are_not_there(http: httpx.AsyncClient, path: str) -> None:
    """A counsellor has no list of their own, a seeker no caseload."""
    await sign_in(http, "seeker" if path.startswith("/caseload") else "counsellor")
    assert (await http.get(path)).status_code == 403
