"""Plain text, in UTF-8 or, with its mark, in UTF-16."""

import codecs
import re

from services.profiles.adapters.documents.formats import DocumentRefused, checked

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def read_text(content: bytes) -> str:
    """The text. Raises DocumentRefused for bytes in another encoding: guessing it would store what nobody wrote."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentRefused("DOCUMENT_UNREADABLE") from None
    return checked(plain(text))


def plain(text: str) -> str:
    """A text without control characters and halves of characters; the break of a page is one of a line."""
    return _CONTROL.sub("", text.replace("\f", "\n").replace("\r\n", "\n").replace("\r", "\n"))
