"""Texts in their one stored form: Unicode NFC, no control characters, never invisible."""

import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from shared.kernel.errors import FieldViolation

Part = TypeVar("Part")
_LINE_SIGNS = frozenset("\n\r\t")
# Letters by category, blanks by sight: these fillers count as letters and yet show nothing.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def normalised(part: Part) -> Part:
    """Return the dataclass tree with every text in NFC (Unicode Standard Annex 15). Equal texts become equal bytes."""
    result: Part = _normalised(part)
    return result


def text_violations(part: object, path: str) -> Iterator[FieldViolation]:
    """Yield a violation for each text in the tree that holds a control character or only invisible ones."""
    yield from _walk(part, path, many_lines=False)


def _normalised(part: Any) -> Any:
    if type(part) is str:
        return unicodedata.normalize("NFC", part)
    if isinstance(part, tuple):
        return tuple(_normalised(item) for item in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: _normalised(getattr(part, field.name)) for field in fields(part)})
    return part


def _walk(part: Any, path: str, many_lines: bool) -> Iterator[FieldViolation]:
    if type(part) is str:
        yield from _text(part, path, many_lines)
    elif isinstance(part, tuple):
        for number, item in enumerate(part):
            yield from _walk(item, f"{path}[{number}]", many_lines)
    elif is_dataclass(part):
        for field in fields(part):
            inner = f"{path}.{field.name}" if path else field.name
            yield from _walk(getattr(part, field.name), inner, bool(field.metadata.get("many_lines")))


def _text(text: str, path: str, many_lines: bool) -> Iterator[FieldViolation]:
    allowed = _LINE_SIGNS if many_lines else frozenset[str]()
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in text):
        rule = "Remove control characters" + ("" if many_lines else ", line breaks and tabs included") + "."
        yield FieldViolation(path, "TEXT_CONTROL_CHARACTER", rule)
    elif text and not any(_shows(sign) for sign in text):
        yield FieldViolation(path, "TEXT_INVISIBLE", "Write something that can be seen, or leave the field empty.")


def _shows(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "CZM" and sign not in _BLANK_LETTERS
