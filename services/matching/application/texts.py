"""The use case of telling a writer what of their words the match does not use."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.matching.domain.scrubbing import Found, Text, scrubber
from shared.kernel.errors import InvalidArgument, Unauthenticated
from shared.kernel.principal import Principal, Role
from shared.vocabulary import Vocabulary

MOST_BYTES = 48 * 1024
"""Of all texts together, in UTF-8: a tenth of a second of work."""


@dataclass(frozen=True, slots=True)
class CheckTexts:
    """Texts of one person."""

    caller: Principal
    texts: Sequence[str] = field(repr=False)


def check_texts(cmd: CheckTexts, vocabulary: Vocabulary) -> list[tuple[Found, ...]]:
    """What each text says about who the person is. Stores nothing. Raises Unauthenticated, InvalidArgument."""
    if cmd.caller.role is Role.ANONYMOUS:
        raise Unauthenticated("CREDENTIALS_MISSING", "Send credentials in the authorization metadata.")
    if sum(len(text.encode()) for text in cmd.texts) > MOST_BYTES:
        raise InvalidArgument(
            "TEXTS_TOO_LONG", f"All texts together may have {MOST_BYTES} bytes. Send fewer at a time."
        )
    return scrubber(vocabulary).find([Text(text) for text in cmd.texts])
