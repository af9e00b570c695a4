"""From one JSON-LD item to one opening; and from a document to its items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from polku.openings.v1 import opening_pb2 as pb

from services.openings.adapters.schema_org.course import fill_course
from services.openings.adapters.schema_org.job_posting import fill_job_posting
from services.openings.adapters.schema_org.places import Places
from services.openings.adapters.schema_org.properties import COURSE, JOB, SERVICE, Properties
from services.openings.adapters.schema_org.reading import Faults, Node, choose, escaped, nearest
from services.openings.adapters.schema_org.service import fill_service
from services.openings.adapters.schema_org.texts import localized
from services.openings.adapters.schema_org.words import REMOTE
from services.openings.domain.faults import refuse
from shared.vocabulary import Vocabulary

Fill = Callable[[Node, pb.Opening, Properties, Places], None]

_TYPES: Mapping[str, tuple[str, Fill]] = MappingProxyType(
    {
        "JobPosting": (JOB, fill_job_posting),
        "Course": (COURSE, fill_course),
        "Service": (SERVICE, fill_service),
        "GovernmentService": (SERVICE, fill_service),
    }
)
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9._~:/-]{1,200}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_URL = re.compile(r"https?://\S{1,1990}")


@dataclass(frozen=True, slots=True)
class Item:
    """A JSON value that should be a JobPosting, a Course or a Service.

    `pointer` is its RFC 6901 pointer in the document, `language` the `@language` of the document's `@context`.
    """

    value: object
    pointer: str = ""
    language: str = ""


def items_of(document: object) -> Iterator[Item]:
    """The items of a parsed JSON-LD document: those of its `@graph`, or of the array, or the document itself."""
    if isinstance(document, list):
        for number, value in enumerate(document):
            yield Item(value, f"/{number}")
    elif isinstance(document, Mapping) and isinstance(document.get("@graph"), list):
        language = _context_language(document.get("@context"))
        for number, value in enumerate(document["@graph"]):
            yield Item(value, f"/{escaped('@graph')}/{number}", language)
    else:
        yield Item(document)


class SchemaOrgMapper:
    """Turns schema.org items into openings. It holds nothing but the vocabulary; one serves all requests."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._places = Places(vocabulary)

    def opening(self, item: Item) -> pb.Opening:
        """The opening without `publisher`; `external_id` is the item's `identifier`, "" where it has none.

        Raises InvalidArgument with a violation for each fault: `field` is the JSON pointer, `nearest` a value that
        would be right. What the protos' own rules demand beyond that (lengths, counts, a pattern) is checked where
        the opening is published, as for any opening.
        """
        faults = Faults()
        node = Node(item.value, item.pointer, faults, _default_language(item))
        opening = pb.Opening()
        known = _known_type(node)
        if known is not None:
            self._fill(node, opening, known)
        refuse(faults.violations)
        return opening

    def _fill(self, node: Node, opening: pb.Opening, known: tuple[str, Fill]) -> None:
        schema_type, fill = known
        rules = Properties(node, schema_type)
        opening.external_id = _external_id(node)
        opening.titles.extend(localized(node.all("title") or node.all("name")))
        if not opening.titles and not node.faults.violations:
            node.fault("TITLE_MISSING", "Give a title (JobPosting) or a name (Course, Service).")
        opening.url = _address(node.one("url"))
        remote = choose(rules.one("polku:remote"), REMOTE, "REMOTE_UNKNOWN", "a kind of remote")
        opening.remote = remote or pb.Remote.KIND_UNSPECIFIED
        opening.how_to_apply.extend(localized(rules.all("polku:howToApply")))
        opening.contacts.extend(_contacts(node))
        fill(node, opening, rules, self._places)


def _known_type(node: Node) -> tuple[str, Fill] | None:
    for name in sorted(node.types()):
        if name in _TYPES:
            return _TYPES[name]
    given = next(iter(sorted(node.types())), "")
    near = nearest(given, {name.lower(): name for name in _TYPES})
    hint = next((name for name in _TYPES if name.lower() == near), "")
    node.fault("TYPE_UNKNOWN", f"Send an object whose @type is one of {', '.join(_TYPES)}.", value=given, nearest=hint)
    return None


def _default_language(item: Item) -> str:
    """The `@language` of the item's context or of the document's; else the one language of `inLanguage`."""
    own = _context_language(item.value.get("@context")) if isinstance(item.value, Mapping) else ""
    spoken = Node(item.value, "", Faults()).all("inLanguage")
    single = spoken[0].text() if len(spoken) == 1 and _LANGUAGE.fullmatch(spoken[0].text()) else ""
    return own or item.language or single.lower()


def _context_language(context: object) -> str:
    """The default language of a JSON-LD context, which may be an address, an object or a list of both."""
    parts = context if isinstance(context, list) else [context]
    found = [part["@language"] for part in parts if isinstance(part, Mapping) and "@language" in part]
    language = found[-1] if found else ""
    return language.lower() if isinstance(language, str) and _LANGUAGE.fullmatch(language) else ""


def _external_id(node: Node) -> str:
    found = node.one("identifier")
    if found is None:
        return ""
    inner = found.one("value") or found
    value = inner.scalar()
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else inner.text()
    if not _EXTERNAL_ID.fullmatch(written):
        inner.fault("IDENTIFIER_INVALID", "Use letters, digits and . _ ~ : / - only, at most 200.", value=written)
        return ""
    return written


def _address(node: Node | None) -> str:
    if node is None:
        return ""
    if not _URL.fullmatch(node.text()):
        node.fault("URL_INVALID", "Give an address that begins with https:// or http://.", value=node.text())
        return ""
    return node.text()


def _contacts(node: Node) -> Iterator[pb.Contact]:
    """People to ask, from `applicationContact`: personal data, so that no fault ever shows them."""
    for item in node.all("applicationContact"):
        name, email, phone = (item.one(key) for key in ("name", "email", "telephone"))
        yield pb.Contact(
            name=name.text() if name is not None else "",
            email=email.text().removeprefix("mailto:") if email is not None else "",
            phone=phone.text() if phone is not None else "",
        )
