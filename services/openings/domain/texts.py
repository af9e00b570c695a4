"""Texts in their one stored form: plain, Unicode NFC, without control characters, never invisible."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeAlias, TypeVar

from services.openings.domain.markup import DEEPEST, Markup, has_markup, nests_too_deep
from services.openings.domain.values import TEXT_FORM, LocalizedText, TextForm
from shared.kernel.errors import FieldViolation

Part = TypeVar("Part")
Fault: TypeAlias = tuple[str, str]
"""The reason of a violation without its noun, and the rule."""
MOST_TEXT_BYTES = 48_000
"""Of all texts and codes of an item together, UTF-8: what fits into an event with the rest of the item."""
_MOST_ROUNDS = 3
# The category Cc of Unicode, and lone surrogates, which no UTF-8 can hold.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Letters by category, blanks by sight: these fillers count as letters and yet show nothing.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_TOO_DEEP = f"Nest elements at most {DEEPEST} deep and close each one, or send plain text."
_ESCAPED = "Send plain text, or HTML that is escaped once at most."


@dataclass(slots=True)
class Settling:
    """One pass over an item's texts: what it found wrong, and whether markup was cleaned out of any."""

    markup: Markup
    violations: list[FieldViolation] = field(default_factory=list)
    sanitised: bool = False

    def settle(self, part: Part, path: str) -> Part:
        """Return the dataclass tree with every text in its stored form; a text with a violation is left as it is."""
        settled: Part = self._settled(part, path, None)
        return settled

    def _settled(self, part: Any, path: str, form: TextForm | None) -> Any:
        if isinstance(part, str):
            return self._text(part, path, form) if form is not None else part
        if isinstance(part, tuple):
            return tuple(self._settled(item, f"{path}[{number}]", form) for number, item in enumerate(part))
        if not is_dataclass(part) or isinstance(part, type):
            return part
        if isinstance(part, LocalizedText):
            return self._localized(part, f"{path}.text", form or TextForm(MOST_TEXT_BYTES, many_lines=True))
        changed = {}
        for each in fields(part):
            old = getattr(part, each.name)
            # The oneof of the protos is no level of its own in a path.
            inner = _detail_path(old, path) if each.name == "detail" else f"{path}.{each.name}"
            new = self._settled(old, inner, each.metadata.get(TEXT_FORM))
            if new is not old:
                changed[each.name] = new
        return replace(part, **changed) if changed else part

    def _localized(self, part: LocalizedText, path: str, form: TextForm) -> LocalizedText:
        text = self._text(part.text, path, form)
        if not text:
            self.violations.append(FieldViolation(path, f"{form.noun}_EMPTY", "Write a text, or leave the item out."))
        return replace(part, text=text)

    def _text(self, text: str, path: str, form: TextForm) -> str:
        text = _normalised(text)
        fault = _too_big(text, form) or _control_fault(text, form)
        if fault is None and has_markup(text):
            text, fault = self._cleaned(text)
        fault = fault or _fault(text, form)
        if fault is not None:
            reason, rule = fault
            self.violations.append(FieldViolation(path, f"{form.noun}_{reason}", rule))
        return text

    def _cleaned(self, text: str) -> tuple[str, Fault | None]:
        """Clean until nothing is left to clean, so that cleaning a stored text again changes nothing."""
        self.sanitised = True
        for _ in range(_MOST_ROUNDS):
            if nests_too_deep(text):
                return text, ("TOO_DEEP", _TOO_DEEP)
            text = _normalised(self.markup.plain(text))
            if not has_markup(text):
                return text, None
        return text, ("ESCAPED_REPEATEDLY", _ESCAPED)


def text_bytes(part: object) -> int:
    """The length of all texts and codes in a tree, in bytes of UTF-8."""
    if isinstance(part, str):
        return len(part.encode("utf-8", "surrogatepass"))
    return sum(text_bytes(inner) for inner in _inside(part))


def _inside(part: object) -> Iterator[object]:
    if isinstance(part, tuple):
        yield from part
    elif is_dataclass(part):
        for each in fields(part):
            yield getattr(part, each.name)


def _detail_path(detail: object, path: str) -> str:
    names = {"Vacancy": "vacancy", "Training": "training", "ServiceOffer": "service"}
    return f"{path}.{names[type(detail).__name__]}"


def _normalised(text: str) -> str:
    """NFC (Unicode Standard Annex 15), line ends as line feeds, no blanks around."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip(" \t\n")


def _too_big(text: str, form: TextForm) -> Fault | None:
    """The cap before cleaning, markup included: in bytes for a text of several lines, in characters for one line."""
    if form.many_lines and len(text.encode("utf-8", "surrogatepass")) > form.longest:
        return "TOO_LONG", f"Shorten it to {form.longest:,} bytes of UTF-8, markup included."
    if len(text) > form.longest:
        return "TOO_LONG", f"Shorten it to {form.longest:,} characters, markup included."
    return None


def _control_fault(text: str, form: TextForm) -> Fault | None:
    if (_CONTROL_IN_LINES if form.many_lines else _CONTROL).search(text) is None:
        return None
    return "CONTROL_CHARACTER", "Remove control characters" + (
        "." if form.many_lines else ", tabs and line breaks too."
    )


def _fault(text: str, form: TextForm) -> Fault | None:
    if fault := _control_fault(text, form):
        return fault
    if text and not any(_shows(sign) for sign in text):
        return "INVISIBLE", "Write something that can be seen, or leave the text out."
    if len(text) > form.longest:
        return "TOO_LONG", f"Shorten it to {form.longest:,} characters."
    return None


def _shows(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "CZM" and sign not in _BLANK_LETTERS
