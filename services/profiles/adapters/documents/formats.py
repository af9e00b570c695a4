"""The formats that are read, by media type, and what goes wrong with documents."""

from shared.kernel.errors import FieldViolation, InvalidArgument

TEXT = "text/plain"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JSON = "application/json"
XML = "application/xml"
MEDIA_TYPES = (TEXT, PDF, DOCX, JSON, XML)
_ALSO_KNOWN_AS = {"text/xml": XML, "application/x-pdf": PDF}

LONGEST_TEXT = 40_000
"""Characters of a document's text: about fifteen pages."""
MOST_PAGES = 20
FIELD = "document.content"


class DocumentRefused(Exception):
    """A document that cannot be used; the reason is a key of `_RULES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_RULES = {
    "DOCUMENT_UNREADABLE": "The document cannot be read as what it is said to be. Save it anew, or send its text.",
    "DOCUMENT_ENCRYPTED": "The document is protected by a password. Send it without one.",
    "DOCUMENT_EMPTY": "There is no text in the document. A scanned page is a picture: send its text instead.",
    "DOCUMENT_TOO_LONG": f"It is longer than {MOST_PAGES} pages or {LONGEST_TEXT} characters. Send the CV alone.",
    "DOCUMENT_TOO_SLOW": "The document takes too long to read. Save it anew in a simpler form, or send its text.",
}


def refusal(reason: str) -> InvalidArgument:
    """The error of a reason; one that is not known counts as unreadable."""
    known = reason if reason in _RULES else "DOCUMENT_UNREADABLE"
    rule = _RULES[known]
    return InvalidArgument(known, rule, violations=(FieldViolation(FIELD, known, rule),))


def media_type_of(given: str) -> str:
    """The media type without parameters. Raises InvalidArgument MEDIA_TYPE_UNKNOWN for one that is not read."""
    plain = given.partition(";")[0].strip().lower()
    found = _ALSO_KNOWN_AS.get(plain, plain)
    if found not in MEDIA_TYPES:
        rule = f"Send one of {', '.join(MEDIA_TYPES)}."
        violation = FieldViolation("document.media_type", "MEDIA_TYPE_UNKNOWN", rule)
        raise InvalidArgument(
            "MEDIA_TYPE_UNKNOWN", f"Documents of this type are not read. {rule}", violations=(violation,)
        )
    return found


def checked(text: str) -> str:
    """A document's text. Raises DocumentRefused where there is none, or too much."""
    if len(text) > LONGEST_TEXT:
        raise DocumentRefused("DOCUMENT_TOO_LONG")
    if not any(sign.isalnum() for sign in text):
        raise DocumentRefused("DOCUMENT_EMPTY")
    return text
