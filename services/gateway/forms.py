"""HTML forms (application/x-www-form-urlencoded): a few short fields, each given once."""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID, uuid5

from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import is_id, new_id

_MOST_FIELDS = 320
"""A handover names each of up to 300 people in a field of its own."""


def request_id(form: Mapping[str, str], *content: str) -> str:
    """Return the id of what a form asks for: the same when it is sent twice, another for another form or content."""
    shown = form.get("form_id", "")
    return str(uuid5(UUID(shown), "\n".join(content))) if is_id(shown) else new_id()


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
