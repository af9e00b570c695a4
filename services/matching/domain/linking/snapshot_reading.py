"""From snapshots to signals: codes as they stand, and words looked up in the vocabulary, in any of its languages.

What a field says is STATED; what was read from words is INFERRED and weaker. It runs once, when a snapshot comes in.
What a person's words say about who they are is cut out before: a family name may be an occupation's, and "I am Arab"
would read as a language.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.matching.domain.offers import LanguageStatement, SkillRequirement
from services.matching.domain.scrubbing import scrubbed_work
from services.matching.domain.signals import (
    AskedSkill,
    HeldOccupation,
    HeldSkill,
    LinkedConcept,
    OpeningSignals,
    ProfileSignals,
)
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Basis, Concept, Necessity, OpeningKind
from services.matching.domain.work import WorkExperience, WorkProfile
from shared.vocabulary import Mention, MentionKind, Vocabulary

FROM_WORDS = 0.9
"""A concept named by the words of its own field ("cook" as the occupation of a job)."""
FROM_GOALS = 0.8
"""A concept named in the free text about goals."""
FROM_TEXT = 0.7
"""An occupation named somewhere in a longer text: it may have been held, or only be spoken of."""
SKILL_FROM_TEXT = 1.0
"""A skill named in a text counts like one of a list whose level is not known."""
FROM_OCCUPATION = 0.85
"""A skill that an occupation held cannot do without."""
WISH_STEP, LEAST_WISH = 0.05, 0.7
"""Each wish counts so much less than the one before, down to the least."""
INFERRED_WEIGHT = 0.5
"""Weight of a skill that an opening does not list but its text or its occupation implies."""

_MENTIONED: tuple[MentionKind, ...] = ("skill", "licence", "language")
_OCCUPATION, _SKILL = "/esco/occupation/", "/esco/skill/"


def vocabulary_version(vocabulary: Vocabulary) -> str:
    """The version with which signals are stored, such as "esco-1.2"."""
    return f"esco-{vocabulary.tables.esco_version}"


# -- the person ----------------------------------------------------------------------------------------------------


def link_profile(snapshot: ProfileSnapshot, vocabulary: Vocabulary) -> ProfileSignals:
    """Read a profile."""
    work = scrubbed_work(snapshot.work, vocabulary)
    held = _strongest_held(_held(work, vocabulary))
    return ProfileSignals(
        vocabulary=vocabulary_version(vocabulary),
        wished=_strongest(_wished(work, vocabulary)),
        learning=_strongest(_learning(work, vocabulary)),
        held=held,
        skills=_strongest_skills(_skills(work, held, vocabulary)),
    )


def _wished(work: WorkProfile, vocabulary: Vocabulary) -> Iterator[LinkedConcept]:
    for place, concept in enumerate(work.goals.occupations):
        rank = max(LEAST_WISH, 1.0 - WISH_STEP * place)
        for linked in _linked(concept, "occupation", vocabulary):
            yield LinkedConcept(linked.code, linked.basis, linked.strength * rank)
    for concept in work.goals.trainings:
        yield from (linked for linked in _linked(concept, "occupation", vocabulary) if _SKILL not in linked.code)
    yield from _mentioned(work.goals.text, "occupation", FROM_GOALS, vocabulary)


def _learning(work: WorkProfile, vocabulary: Vocabulary) -> Iterator[LinkedConcept]:
    for concept in work.goals.trainings:
        yield from (linked for linked in _linked(concept, "skill", vocabulary) if _OCCUPATION not in linked.code)


def _held(work: WorkProfile, vocabulary: Vocabulary) -> Iterator[HeldOccupation]:
    for experience in work.experiences:
        for linked in _linked(experience.occupation, "occupation", vocabulary):
            yield HeldOccupation(linked.code, experience.months, linked.basis, linked.strength)
    for text in _told(work):
        for linked in _mentioned(text, "occupation", FROM_TEXT, vocabulary):
            yield HeldOccupation(linked.code, None, linked.basis, linked.strength)


def _skills(work: WorkProfile, held: tuple[HeldOccupation, ...], vocabulary: Vocabulary) -> Iterator[HeldSkill]:
    for skill in work.skills:
        for linked in _skill(skill.skill, vocabulary):
            yield HeldSkill(linked.code, skill.level, linked.basis, linked.strength)
    for text in (*_told(work), *(_words(experience) for experience in work.experiences)):
        for linked in _mentioned(text, "skill", SKILL_FROM_TEXT, vocabulary):
            yield HeldSkill(linked.code, basis=Basis.INFERRED, strength=linked.strength)
    for occupation in held:
        for code in vocabulary.essential_skills(occupation.code):
            strength = FROM_OCCUPATION * occupation.strength
            yield HeldSkill(code, basis=Basis.INFERRED, strength=strength, occupation=occupation.code)


def _told(work: WorkProfile) -> tuple[str, ...]:
    return (*(text.text for text in work.summaries), *(experience.tasks for experience in work.experiences))


def _words(experience: WorkExperience) -> str:
    return experience.occupation.text


def _strongest_held(found: Iterable[HeldOccupation]) -> tuple[HeldOccupation, ...]:
    """All jobs of a field; of occupations that words alone name, one each, unless a job of a field is as sure of it."""
    told: list[HeldOccupation] = []
    named: dict[str, HeldOccupation] = {}
    for held in found:
        if held.months is not None or held.basis is not Basis.INFERRED:
            told.append(held)
        elif held.code not in named or held.strength > named[held.code].strength:
            named[held.code] = held
    sure = {held.code: 0.0 for held in told}
    for held in told:
        sure[held.code] = max(sure[held.code], held.strength)
    return (*told, *(held for held in named.values() if held.strength > sure.get(held.code, 0.0)))


def _strongest_skills(found: Iterable[HeldSkill]) -> tuple[HeldSkill, ...]:
    """All skills of a field, and of what is inferred the strongest of each skill."""
    stated: list[HeldSkill] = []
    inferred: dict[str, HeldSkill] = {}
    for held in found:
        if held.basis is not Basis.INFERRED:
            stated.append(held)
        elif held.code not in inferred or _worth(held) > _worth(inferred[held.code]):
            inferred[held.code] = held
    return (*stated, *inferred.values())


def _worth(held: HeldSkill) -> tuple[float, int]:
    return held.strength, held.level


# -- the opening ---------------------------------------------------------------------------------------------------


def link_opening(snapshot: OpeningSnapshot, vocabulary: Vocabulary) -> OpeningSignals:
    """Read an opening."""
    occupations = _offered(snapshot, vocabulary)
    best = vocabulary.occupation(occupations[0].code) if occupations else None
    is_work = snapshot.kind is OpeningKind.VACANCY and best is not None
    basis = occupations[0].basis if occupations else Basis.STATED
    by_law = best.required_licences if best is not None and is_work else ()
    mentioned = _mentioned_in(snapshot, vocabulary)
    is_vacancy = snapshot.kind is OpeningKind.VACANCY
    return OpeningSignals(
        vocabulary=vocabulary_version(vocabulary),
        occupations=occupations,
        isco=snapshot.isco_code or (best.isco if best is not None and is_work else ""),
        isco_basis=Basis.STATED if snapshot.isco_code else basis,
        skills=tuple(_asked(snapshot, occupations, mentioned["skill"], vocabulary)) if is_vacancy else (),
        taught=_strongest(_each(snapshot.gives.skills, "skill", vocabulary)),
        licences_mentioned=_codes(mentioned["licence"]),
        licences_by_law=tuple(LinkedConcept(code, basis) for code in by_law),
        languages_mentioned=() if _says_languages(snapshot) else _codes(mentioned["language"]),
        regulated=LinkedConcept(best.uri, basis) if best is not None and is_work and best.regulated else None,
    )


def _offered(snapshot: OpeningSnapshot, vocabulary: Vocabulary) -> tuple[LinkedConcept, ...]:
    """What the field says, else what its words say, else what the titles say; the surest first."""
    field = snapshot.gives.leads_to if snapshot.kind is not OpeningKind.VACANCY else (snapshot.occupation,)
    found = _strongest(_each(field, "occupation", vocabulary))
    if not found and snapshot.kind is OpeningKind.VACANCY:
        titles = (_mentioned(title.text, "occupation", FROM_WORDS, vocabulary) for title in snapshot.titles)
        found = _strongest(linked for mentions in titles for linked in mentions)
    return tuple(sorted(found, key=lambda linked: (-linked.strength, linked.code)))


def _asked(
    snapshot: OpeningSnapshot,
    occupations: tuple[LinkedConcept, ...],
    mentioned: Sequence[Mention],
    vocabulary: Vocabulary,
) -> Iterator[AskedSkill]:
    seen: set[str] = set()
    for requirement in snapshot.skills:
        asked = _requirement(requirement, vocabulary)
        seen.add(asked.code)
        yield asked
    implied = [(mention.code, mention.strength) for mention in mentioned]
    if not any(requirement.necessity is Necessity.REQUIRED for requirement in snapshot.skills) and occupations:
        essential = vocabulary.essential_skills(occupations[0].code)
        implied += [(code, occupations[0].strength) for code in essential]
    for code, strength in implied:
        if code not in seen:
            seen.add(code)
            yield AskedSkill(code, Necessity.PREFERRED, INFERRED_WEIGHT * strength, Basis.INFERRED)


def _requirement(requirement: SkillRequirement, vocabulary: Vocabulary) -> AskedSkill:
    linked = max(_skill(requirement.skill, vocabulary), key=lambda one: one.strength)
    basis = requirement.basis if linked.basis is Basis.STATED else linked.basis
    return AskedSkill(linked.code, requirement.necessity, requirement.weight, basis)


def _says_languages(snapshot: OpeningSnapshot) -> bool:
    return snapshot.language_demand.statement is not LanguageStatement.UNKNOWN


def _mentioned_in(snapshot: OpeningSnapshot, vocabulary: Vocabulary) -> Mapping[str, list[Mention]]:
    """What titles and descriptions name, by kind. Read once: finding is most of what taking an opening in costs."""
    texts = " \n".join(text.text for text in (*snapshot.titles, *snapshot.descriptions))
    found: dict[str, list[Mention]] = {kind: [] for kind in _MENTIONED}
    for mention in vocabulary.find(texts, kinds=_MENTIONED) if texts else ():
        found[mention.kind].append(mention)
    return found


def _codes(mentioned: Iterable[Mention]) -> tuple[str, ...]:
    return tuple(sorted({mention.code for mention in mentioned}))


# -- words ---------------------------------------------------------------------------------------------------------


def _linked(concept: Concept, kind: str, vocabulary: Vocabulary) -> Iterator[LinkedConcept]:
    """The concept itself where it has a code, else what its words name."""
    if concept.uri:
        yield LinkedConcept(concept.uri)
    elif concept.text:
        yield from _mentioned(concept.text, kind, FROM_WORDS, vocabulary)


def _skill(concept: Concept, vocabulary: Vocabulary) -> tuple[LinkedConcept, ...]:
    """The skill itself, what its words name, else the words as they are: there is always one."""
    return tuple(_linked(concept, "skill", vocabulary)) or (LinkedConcept(concept.text.strip().casefold()),)


def _each(concepts: Iterable[Concept], kind: str, vocabulary: Vocabulary) -> Iterator[LinkedConcept]:
    for concept in concepts:
        yield from _linked(concept, kind, vocabulary)


def _mentioned(text: str, kind: str, factor: float, vocabulary: Vocabulary) -> Iterator[LinkedConcept]:
    if not text:
        return
    for mention in vocabulary.find(text, kinds=(kind,)):  # type: ignore[arg-type]
        yield LinkedConcept(mention.code, Basis.INFERRED, factor * mention.strength)


def _strongest(found: Iterable[LinkedConcept]) -> tuple[LinkedConcept, ...]:
    """One of each concept: what is stated before what is inferred, then the strongest; in the order of coming up."""
    kept: dict[str, LinkedConcept] = {}
    for linked in found:
        before = kept.get(linked.code)
        if before is None or _sureness(linked) > _sureness(before):
            kept[linked.code] = linked
    return tuple(kept.values())


def _sureness(linked: LinkedConcept) -> tuple[bool, float]:
    return linked.basis is not Basis.INFERRED, linked.strength
