"""Use cases of linking: they read, store nothing, and need a caller who is known."""

from dataclasses import dataclass, field
from typing import Protocol

from services.matching.domain.linking.findings import LinkedText, LinkedTitle
from shared.kernel.errors import Unauthenticated, Unavailable
from shared.kernel.principal import Principal, Role

DEFAULT_COUNT = 10


class Linking(Protocol):
    """What reads titles and texts; see adapters.linking.linker.Linker."""

    def link_title(self, title: str, language: str, count: int) -> LinkedTitle:
        """At most `count` occupations for a title."""
        ...

    def link_text(self, text: str, language: str) -> LinkedText:
        """Everything that a text speaks of."""
        ...


@dataclass(frozen=True, slots=True)
class LinkTitle:
    """A title to link; `language` is BCP 47 or "", `count` 0 gives ten."""

    caller: Principal
    title: str = field(repr=False)
    language: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class LinkText:
    """A text to link; `language` is BCP 47 or ""."""

    caller: Principal
    text: str = field(repr=False)
    language: str = ""


def link_title(cmd: LinkTitle, linking: Linking | None) -> LinkedTitle:
    """Occupations of a title. Raises Unauthenticated; Unavailable while the linker is being built (`linking` None)."""
    return _ready(cmd.caller, linking).link_title(cmd.title, cmd.language, cmd.count or DEFAULT_COUNT)


def link_text(cmd: LinkText, linking: Linking | None) -> LinkedText:
    """Concepts of a text; raises like `link_title`."""
    return _ready(cmd.caller, linking).link_text(cmd.text, cmd.language)


def _ready(caller: Principal, linking: Linking | None) -> Linking:
    if caller.role is Role.ANONYMOUS:
        raise Unauthenticated("CREDENTIALS_MISSING", "Send credentials in the authorization metadata.")
    if linking is None:
        raise Unavailable("LINKING_STARTING", "The vocabulary is still being read. Try again in a few seconds.")
    return linking
