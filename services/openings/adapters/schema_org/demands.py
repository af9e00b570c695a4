"""What an opening asks for and gives: languages, licences, skills, education."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1.types_pb2 import Answer, Cefr, CefrProfile, Concept

from services.openings.adapters.schema_org.properties import TERM, Properties
from services.openings.adapters.schema_org.quantities import answer, number
from services.openings.adapters.schema_org.reading import Node, choose, nearest
from services.openings.adapters.schema_org.texts import concept, is_text, language_tag, term_codes
from services.openings.adapters.schema_org.words import (
    ACTIVITIES,
    BASES,
    CREDENTIAL_CATEGORIES,
    LEVELS,
    NECESSITIES,
)

MOST_WEIGHT = 10.0
_LANGUAGE_WORDS = (*ACTIVITIES, *LEVELS, *NECESSITIES, *BASES)
_LICENCE_WORDS = (*NECESSITIES, *BASES)
_LICENCE = re.compile(r"[a-z0-9-]{1,60}")
_ISCED_LEVEL = re.compile(r"(?:isced[ -]?(?:2011)?[ -]*(?:level)?[ -]*)?([0-8])", re.IGNORECASE)
_ISCED_FIELD = re.compile(r"\d{2,4}")


@dataclass(slots=True)
class _Phrase:
    """What the words after a language tag or a licence code have said so far."""

    levels: dict[str, Cefr.Level.ValueType] = field(default_factory=dict)
    activity: str = ""
    necessity: pb.Necessity.Kind.ValueType = pb.Necessity.KIND_UNSPECIFIED
    basis: pb.Basis.Kind.ValueType = pb.Basis.KIND_UNSPECIFIED

    def take(self, word: str) -> bool:
        """Adds a word; False where it is none of the phrase's."""
        if word in ACTIVITIES:
            self.activity = word
        elif word in LEVELS:
            named = (self.activity,) if self.activity else ACTIVITIES
            self.levels.update(dict.fromkeys(named, LEVELS[word]))
            self.activity = ""
        elif word in NECESSITIES:
            self.necessity = NECESSITIES[word]
        elif word in BASES:
            self.basis = BASES[word]
        else:
            return False
        return True


def language_demand(stated: list[Node], available: list[Node]) -> pb.LanguageDemand:
    """The languages of polku:workingLanguage; without it those of `available`, which has no levels.

    One available language is required; of several each is preferred, since any one of them is enough.
    """
    if stated:
        return _stated_demand(stated)
    tags = list(dict.fromkeys(tag for node in available if (tag := language_tag(node))))
    if not tags:
        return pb.LanguageDemand()
    necessity = pb.Necessity.KIND_REQUIRED if len(tags) == 1 else pb.Necessity.KIND_PREFERRED
    rows = [pb.LanguageRequirement(language=tag, necessity=necessity, basis=pb.Basis.KIND_STATED) for tag in tags]
    return pb.LanguageDemand(statement=pb.LanguageDemand.STATEMENT_LISTED, languages=rows)


def given_language(node: Node | None) -> pb.LanguageRequirement | None:
    """polku:givesLanguage: the language that is taught and the levels that are reached."""
    return _language(node, pb.Basis.KIND_UNSPECIFIED) if node is not None else None


def licences(nodes: Iterable[Node]) -> list[pb.LicenceRequirement]:
    """polku:licence: a code, how needful it is, and how sure that is."""
    found = []
    for node in nodes:
        code = licence_code(node, node.text().split(maxsplit=1)[:1])
        phrase = _Phrase(basis=pb.Basis.KIND_STATED)
        _take_words(node, phrase, node.text().split()[1:], _LICENCE_WORDS)
        if code:
            found.append(pb.LicenceRequirement(code=code, necessity=phrase.necessity, basis=phrase.basis))
    return found


def licence_code(node: Node, words: list[str]) -> str:
    """The licence code that begins the value; "" with a fault where there is none."""
    code = words[0] if words else ""
    if not _LICENCE.fullmatch(code):
        node.fault("LICENCE_INVALID", "Begin with a licence code, such as hygiene-passport.", value=code)
        return ""
    return code


def skills(nodes: Iterable[Node]) -> list[pb.SkillRequirement]:
    """`skills`: DefinedTerm nodes, ESCO URIs, or words with commas between them."""
    found: list[pb.SkillRequirement] = []
    for node in nodes:
        rules = Properties(node, TERM)
        necessity = choose(rules.one("polku:necessity"), NECESSITIES, "NECESSITY_UNKNOWN", "a necessity")
        weight = number(rules.one("polku:weight"), highest=MOST_WEIGHT)
        for skill in _each_concept(node):
            found.append(
                pb.SkillRequirement(
                    skill=skill,
                    necessity=necessity or pb.Necessity.KIND_UNSPECIFIED,
                    weight=weight or 0.0,
                    basis=pb.Basis.KIND_STATED,
                )
            )
    return found


def concepts(nodes: Iterable[Node]) -> list[Concept]:
    """Concepts without necessity: what a course teaches, to what it leads, with what a service helps."""
    return [found for node in nodes for found in _each_concept(node)]


def education(credentials: list[Node], rules: Properties) -> pb.EducationRequirement | None:
    """The first EducationalOccupationalCredential with a level or a field; texts are no requirement by themselves."""
    necessity = choose(rules.one("polku:educationNecessity"), NECESSITIES, "NECESSITY_UNKNOWN", "a necessity")
    recognition = answer(rules.one("polku:recognitionRequired")) == Answer.VALUE_YES
    for node in credentials:
        if is_text(node):
            continue
        level, isced_field = isced_level(node), isced_field_of(node.all("about"))
        if level is not None or isced_field:
            return pb.EducationRequirement(
                isced_level=level,
                isced_field=isced_field,
                recognition_required=recognition,
                necessity=necessity or pb.Necessity.KIND_UNSPECIFIED,
            )
    if recognition or necessity:
        kind = necessity or pb.Necessity.KIND_UNSPECIFIED
        return pb.EducationRequirement(recognition_required=recognition, necessity=kind)
    return None


def isced_level(credential: Node) -> int | None:
    """The ISCED 2011 level in `educationalLevel`, or that of a `credentialCategory` of the search engines."""
    for node in credential.all("educationalLevel"):
        for code in term_codes(node):
            found = _ISCED_LEVEL.fullmatch(code)
            if found is not None:
                return int(found[1])
        if not is_text(node):
            node.fault("ISCED_LEVEL_INVALID", "Give the ISCED 2011 level, 0 to 8, in `termCode`.")
    category = credential.one("credentialCategory")
    word = category.text().casefold().replace(" ", "-") if category is not None else ""
    return CREDENTIAL_CATEGORIES.get(word)


def isced_field_of(terms: Iterable[Node]) -> str:
    """The ISCED-F 2013 field among DefinedTerm nodes whose `inDefinedTermSet` names ISCED."""
    for node in terms:
        term_set = node.first("inDefinedTermSet", "inCodeSet")
        if term_set is None or "isced" not in (term_set.one("name") or term_set).text().casefold():
            continue
        code = next((code for code in term_codes(node) if _ISCED_FIELD.fullmatch(code)), "")
        if not code:
            node.fault("ISCED_FIELD_INVALID", "Give the ISCED-F 2013 field, two to four digits, in `termCode`.")
        return code
    return ""


def _stated_demand(nodes: list[Node]) -> pb.LanguageDemand:
    if len(nodes) == 1 and nodes[0].text().lower() == "none":
        return pb.LanguageDemand(statement=pb.LanguageDemand.STATEMENT_NONE)
    rows: dict[str, pb.LanguageRequirement] = {}
    for node in nodes:
        row = _language(node, pb.Basis.KIND_STATED)
        if row is None:
            continue
        known = rows.setdefault(row.language, row)
        if (known.necessity, known.basis) != (row.necessity, row.basis):
            node.fault("LANGUAGE_REPEATED", "Say of each language once how needful it is.", value=row.language)
        if known is not row:
            known.levels.MergeFrom(row.levels)
    if not rows:
        return pb.LanguageDemand()
    return pb.LanguageDemand(statement=pb.LanguageDemand.STATEMENT_LISTED, languages=list(rows.values()))


def _language(node: Node, basis: pb.Basis.Kind.ValueType) -> pb.LanguageRequirement | None:
    words = node.text().split()
    tag = language_tag(Node(words[0] if words else "", node.pointer, node.faults))
    phrase = _Phrase(basis=basis)
    _take_words(node, phrase, words[1:], _LANGUAGE_WORDS)
    if not tag:
        return None
    levels = CefrProfile(**phrase.levels)
    return pb.LanguageRequirement(language=tag, levels=levels, necessity=phrase.necessity, basis=phrase.basis)


def _take_words(node: Node, phrase: _Phrase, words: list[str], allowed: tuple[str, ...]) -> None:
    for word in words:
        if word.lower() not in allowed or not phrase.take(word.lower()):
            text = f"Use {', '.join(allowed)} after the code."
            node.fault("WORD_UNKNOWN", text, value=word, nearest=nearest(word, allowed))
            return
    if phrase.activity:
        node.fault("LEVEL_MISSING", f"Give a CEFR level after {phrase.activity}.", value=phrase.activity)


def _each_concept(node: Node) -> Iterator[Concept]:
    """The concepts of a node: a text may name several, with commas, semicolons or line breaks between them."""
    if is_text(node) and isinstance(node.scalar(), str) and not node.text().startswith("http"):
        language = getattr(concept(node), "language", "")
        words = (word.strip() for word in re.split(r"[,;\n]", node.text()))
        yield from (Concept(text=word, language=language) for word in words if word)
        return
    found = concept(node)
    if found is not None:
        yield found
