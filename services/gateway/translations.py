"""Texts of the pages: gettext catalogues, compiled in memory, so that no compiled file can be out of date."""

from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from services.gateway.languages import FOLDER


def N_(text: str) -> str:  # gettext's own name for "translate this later"
    """Mark a text for the catalogues where it is not translated yet."""
    return text


@cache
def translations(tag: str) -> Translations:
    """The texts of a language. Raises OSError where it has no catalogue."""
    with (FOLDER / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=tag)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
