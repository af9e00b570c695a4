"""HTML forms (application/x-www-form-urlencoded): a few short fields, each given once."""

from urllib.parse import parse_qsl

from shared.kernel.errors import InvalidArgument

_MOST_FIELDS = 20


def parse_form(body: bytes) -> dict[str, str]:
    """Return the fields. Raises InvalidArgument FORM_INVALID."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise InvalidArgument("FORM_INVALID", "The form cannot be read.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidArgument("FORM_INVALID", "A field of the form is there twice.")
    return fields
