"""Texts: capped before cleaning, cleaned to plain text, in one stored form."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.openings.adapters.markup import Nh3Markup
from services.openings.domain.content import Content
from services.openings.domain.markup import DEEPEST, has_markup, nests_too_deep
from services.openings.domain.offers import Vacancy
from services.openings.domain.texts import Settling, text_bytes
from services.openings.domain.values import LocalizedText
from tests.builders.openings import a_content


def settled(text: str, field: str = "descriptions") -> tuple[str, Settling]:
    """The text in its stored form, as the only one of a field."""
    settling = Settling(Nh3Markup())
    content = replace(a_content(), **{field: (LocalizedText("fi", text),)})  # type: ignore[arg-type]
    return getattr(settling.settle(content, "opening"), field)[0].text, settling


def reason(text: str, field: str = "descriptions") -> str:
    """The reason of the only violation."""
    _, settling = settled(text, field)
    (violation,) = settling.violations
    assert violation.field == f"opening.{field}[0].text"
    return violation.reason


def test_paragraphs_and_lists_become_lines() -> None:
    """Paragraphs and items of lists are kept as lines of plain text."""
    text, settling = settled("<p>Hei!</p><p>Tule <b>töihin</b>:</p><ul><li>yksi<li>kaksi</ul>Loppu")
    assert text == "Hei!\n\nTule töihin:\n\n- yksi\n- kaksi\nLoppu"
    assert settling.sanitised
    assert not settling.violations


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<script>alert(1)</script>Hei", "Hei"),
        ("Hei<img src=x onerror=alert(1)>", "Hei"),
        ("<a href='javascript:alert(1)'>Hae</a>", "Hae"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Hei", "Hei"),
        ("Hei <img src=x onerror=alert(1)", "Hei"),
        ("Hei<!-- piilossa -->", "Hei"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>Hei", "Hei"),
        ("R&amp;D-insinööri", "R&D-insinööri"),
    ],
)
def test_nothing_in_the_stored_form_can_execute(html: str, plain: str) -> None:
    """Scripts, handlers and script addresses are gone, escaped ones too."""
    text, settling = settled(html)
    assert text == plain
    assert settling.sanitised


@pytest.mark.parametrize("text", ["Palkka < 3000 € & lisät", "C++ <3", "R&D, 5 > 4", "rivi\n\n\n\nrivi\tx"])
def test_plain_text_is_kept_to_the_sign(text: str) -> None:
    """Less-than and ampersand signs of plain text are no markup."""
    assert settled(text)[0] == text
    assert not settled(text)[1].sanitised


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["<b>", "</b>", "&lt;", "&amp;", "x", "<p", ">", "<li>"])).map("".join)
)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A stored text that is sent again is stored the same."""
    once, settling = settled(text)
    if not settling.violations:
        assert not has_markup(once)
        assert settled(once)[0] == once


def test_texts_are_stored_in_nfc_without_blanks_around() -> None:
    """The same text in two Unicode forms is the same content."""
    assert settled("  sa\u0308\u0308hko\u0308  \r\n")[0] == settled("sä\u0308hkö")[0] == "sä\u0308hkö"


@pytest.mark.parametrize("deep", ["<ul><li>" * 16, "<div>" * 31, "<b><div></b>" * 31, "<ul><li>" * 1_250])
def test_deep_markup_is_refused_before_cleaning(deep: str) -> None:
    """More than 30 elements inside each other are refused, however they are written."""
    assert reason(deep) == "DESCRIPTION_TOO_DEEP"


def test_elements_left_open_through_many_paragraphs_are_refused() -> None:
    """Each paragraph would get all of them anew: the cost is bounded, not only the depth."""
    assert (
        reason("<p>" + "".join(f"<b id={number}>" for number in range(20)) + "<p>x" * 4_500) == "DESCRIPTION_TOO_DEEP"
    )


@pytest.mark.parametrize("flat", ["<div>x" * DEEPEST, "<p>x" * 900, "<ul><li>a<li>b</ul>" * 300, "<br>" * 900 + "x"])
def test_wide_markup_is_accepted(flat: str) -> None:
    """Thirty levels, and any number of elements beside each other with their end tags left out, are accepted."""
    assert not nests_too_deep(flat)
    assert not settled(flat)[1].violations


def test_a_description_has_20_kilobytes_with_its_markup() -> None:
    """The cap counts bytes as sent: 20,000 are accepted, 20,001 refused."""
    assert not settled("ä" * 10_000)[1].violations
    assert reason("ä" * 10_000 + "x") == "DESCRIPTION_TOO_LONG"
    assert reason("<b>" + "x" * 19_994 + "</b>") == "DESCRIPTION_TOO_LONG"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("x" * 301, "TITLE_TOO_LONG"),
        ("x" * 10_001, "TITLE_TOO_LONG"),
        ("siivooja\x00", "TITLE_CONTROL_CHARACTER"),
        ("siivooja\x1bx", "TITLE_CONTROL_CHARACTER"),
        ("kaksi\nriviä", "TITLE_CONTROL_CHARACTER"),
        ("\u200b", "TITLE_INVISIBLE"),
        ("\u2060\u3164", "TITLE_INVISIBLE"),
        ("   ", "TITLE_EMPTY"),
        ("<b></b>", "TITLE_EMPTY"),
        ("&#1;x", "TITLE_CONTROL_CHARACTER"),
        ("&amp;amp;amp;amp;amp;lt;", "TITLE_ESCAPED_REPEATEDLY"),
    ],
)
def test_a_title_is_one_visible_line(title: str, expected: str) -> None:
    """Titles have 1 to 300 visible characters and no control characters."""
    assert reason(title, "titles") == expected


def test_descriptions_may_have_lines_but_no_nul() -> None:
    """Line feeds and tabs belong to a description; other control characters do not."""
    assert settled("a\n\tb")[0] == "a\n\tb"
    assert reason("a\x00b") == "DESCRIPTION_CONTROL_CHARACTER"


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<b id={number}>" for number in range(28)) + "<p>x" * 650,
        "<a><b><i>" * 9 + "<p></a>" * 640,
        "<p>x" * 4_999,
        "</p>" * 4_999,
        "&lt;" * 4_999,
    ],
)
def test_cleaning_takes_less_than_50_ms(html: str) -> None:
    """The worst of 20 kB that pass the caps cost the event loop less than 50 ms of CPU (row 10)."""
    settled("<b>warm</b>")
    begin = time.process_time()
    _, settling = settled(html)
    assert time.process_time() - begin < 0.05
    assert {violation.reason for violation in settling.violations} <= {"DESCRIPTION_EMPTY"}


def test_all_texts_and_codes_are_counted() -> None:
    """The cap on an item counts UTF-8 bytes of everything written in it."""
    assert text_bytes(Content((LocalizedText("fi", "ä"),), Vacancy(isco_code="9112"))) == 2 + 2 + 4
