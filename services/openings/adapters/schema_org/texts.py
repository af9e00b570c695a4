"""Texts in several languages, and concepts: JSON-LD language maps, `@value` with `@language`, DefinedTerm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from polku.type.v1.types_pb2 import Concept, LocalizedText

from services.openings.adapters.schema_org.reading import Node

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ESCO = re.compile(r"https?://data\.europa\.eu/esco/")
_NAMES_OF_TERM = ("name", "description")
_CODES_OF_TERM = ("url", "sameAs", "termCode", "codeValue", "identifier")


def localized(nodes: Iterable[Node]) -> list[LocalizedText]:
    """Every text of the nodes with its language, in their order. A text without a language is a fault."""
    return [text for node in nodes for text in _texts(node)]


def paragraphs(nodes: Iterable[Node]) -> list[LocalizedText]:
    """One text a language: texts of the same language become paragraphs of it."""
    merged: dict[str, list[str]] = {}
    for text in localized(nodes):
        merged.setdefault(text.language, []).append(text.text)
    return [LocalizedText(language=language, text="\n\n".join(texts)) for language, texts in merged.items()]


def is_text(node: Node) -> bool:
    """Whether the node is a text, not a node object such as a DefinedTerm."""
    return not isinstance(node.value, Mapping) or "@value" in node.value or _is_language_map(node)


def language_tag(node: Node) -> str:
    """The BCP 47 tag that a text, or a schema.org Language with `alternateName`, names; "" with a fault otherwise."""
    inner = node.first("alternateName", "identifier") if node.scalar() is None else node
    written = inner.text() if inner is not None else ""
    tag = _tag(written)
    if not tag:
        node.fault("LANGUAGE_INVALID", 'Use a BCP 47 tag, such as "fi" or "en".', value=written)
    return tag


def concept(node: Node) -> Concept | None:
    """An ESCO URI, words, or a DefinedTerm (CategoryCode) with `name` and, in `url` or `termCode`, the ESCO URI."""
    if is_text(node):
        return _plain_concept(node)
    uri = next((found for found in _codes(node) if _ESCO.match(found)), "")
    names = node.first(*_NAMES_OF_TERM)
    words = next(iter(_words(names)), None) if names is not None else None
    if not uri and words is None:
        node.fault("CONCEPT_EMPTY", "Give a term with a name, an ESCO URI in `url` or `termCode`, or both.")
        return None
    language, text = words or ("", "")
    return Concept(uri=canonical_uri(uri), text=text, language=language)


def canonical_uri(uri: str) -> str:
    """ESCO's own form of a URI, which begins with http."""
    return re.sub(r"^https:", "http:", uri)


def term_codes(node: Node) -> list[str]:
    """What a text, a DefinedTerm or a CategoryCode gives as its code or address."""
    return [node.text()] if is_text(node) else list(_codes(node))


def _codes(node: Node) -> Iterator[str]:
    if isinstance(node.value, Mapping) and isinstance(node.value.get("@id"), str):
        yield Node(node.value["@id"], f"{node.pointer}/@id", node.faults).text()
    for name in _CODES_OF_TERM:
        for code in node.all(name):
            yield code.text() if is_text(code) else next((inner.text() for inner in code.all("value")), "")


def _plain_concept(node: Node) -> Concept | None:
    for language, text in _words(node):
        if _ESCO.match(text):
            return Concept(uri=canonical_uri(text))
        return Concept(text=text, language=language)
    return None


def _texts(node: Node) -> Iterator[LocalizedText]:
    for language, text in _words(node):
        if language:
            yield LocalizedText(language=language, text=text)
        else:
            node.fault("LANGUAGE_MISSING", "Say in which language the text is: with `@language`, or `inLanguage`.")


def _words(node: Node) -> Iterator[tuple[str, str]]:
    """Pairs of language ("" where it is not known) and text."""
    if _is_language_map(node):
        for key, value in node.members():
            for item in value.flat():
                yield from _words(item.with_language(_tag(key)))
    elif isinstance(node.scalar(), str):
        text = node.text()
        if text:
            yield _language_of(node), text
    else:
        node.fault("TEXT_EXPECTED", "Give a text, texts with `@value` and `@language`, or a map of languages.")


def _language_of(node: Node) -> str:
    written = node.value.get("@language") if isinstance(node.value, Mapping) else None
    if written is None:
        return node.language
    tag = _tag(written) if isinstance(written, str) else ""
    if not tag:
        node.fault("LANGUAGE_INVALID", 'Use a BCP 47 tag in `@language`, such as "fi".', value=str(written)[:40])
    return tag or node.language


def _is_language_map(node: Node) -> bool:
    keys = list(node.value) if isinstance(node.value, Mapping) else []
    return bool(keys) and all(isinstance(key, str) and (key == "@none" or _tag(key)) for key in keys)


def _tag(written: str) -> str:
    """The tag with its language in small letters; "" where it is none."""
    language, dash, rest = written.strip().replace("_", "-").partition("-")
    tag = f"{language.lower()}{dash}{rest}"
    return tag if _TAG.fullmatch(tag) else ""
