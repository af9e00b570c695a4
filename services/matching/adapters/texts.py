"""Sentences in the readers' languages for verdicts, reasons, exclusions, next steps and questions.

Sentences come from gettext catalogues (locales/<language>/LC_MESSAGES/matching.po), compiled in memory when they are
loaded; a sentence or a language that is missing falls back to English.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.matching.adapters.text_values import TextValues, isolated, right_to_left
from services.matching.domain.explanation import OUTCOME_KEYS, verdict_reason
from services.matching.domain.matches import NextStep, Question, Reason, StepChange
from services.matching.domain.rules import BY_ID
from services.matching.domain.values import Place
from services.matching.domain.verdicts import Outcome, Verdict
from shared.vocabulary import Vocabulary

LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar", "so")
FALLBACK = "en"
LOCALES = Path(__file__).parents[1] / "locales"

_KEPT = 1 << 15
MOST_OBSTACLES = 2
"""Verdicts that the text of an exclusion tells in full."""
MOST_PLACES = 2

_PLAIN = ("plain", "plain", "plain")
_FORMATS: Mapping[str, tuple[str, str, str]] = {
    "language": ("language", "level", "level"),
    "right_to_work.sector": ("plain", "isco", "isco"),
    "right_to_work.hours": ("plain", "number", "number"),
    "right_to_work.until": ("plain", "date", "date"),
    "licence": ("concept", "date", "date"),
    "education.level": ("isced_field", "isced_level", "isced_level"),
    "education.field": ("plain", "isced_field", "isced_field"),
    "education.recognition": ("plain", "recognition", "recognition"),
    "profession.recognition": ("concept", "recognition", "recognition"),
    "experience.months": ("concept", "plain", "plain"),
    "skill.must_have": ("concept", "plain", "concept"),
    "hours": ("plain", "number", "number"),
    "windows.weekly": ("plain", "windows", "windows"),
    "dates": ("plain", "date", "date"),
    "place": ("mode", "plain", "number"),
    "training.begun": ("plain", "date", "date"),
    "training.adds": ("language", "level", "level"),
    "training.card": ("concept", "plain", "plain"),
}
"""Rule or family → kinds of `TextValues` for subject, required and actual."""

_ARGS: Mapping[str, str] = {"occupation": "concept", "skills": "concept", "language": "language", "level": "level"}
"""Name of a reason's value → kind; `asked` and `had` are concepts except in reasons about hours."""

_QUESTIONS = {"work.languages": "language", "work.licences": "concept", "work.skills": "concept"}
"""Fields whose question names a subject → kind of it."""

_SUFFIXES = ("preferred", "learn_on_the_job")


class Texts:
    """Renders codes and values as sentences in the reader's language (BCP 47; one that is not there gives English).

    verdict(verdict, language)  the whole comparison: what is asked, how the person stands to it, how needful and sure
    reason(reason, language)    a reason or a gap
    """

    def __init__(self, catalogues: Mapping[str, GNUTranslations], vocabulary: Vocabulary) -> None:
        self._catalogues = catalogues
        self._values = {
            language: TextValues(language, vocabulary, catalogue) for language, catalogue in catalogues.items()
        }
        # Openings ask for the same few things: most sentences of a list have just been written for another one.
        self.verdict = lru_cache(maxsize=_KEPT)(self._verdict)
        self.reason = lru_cache(maxsize=_KEPT)(self._reason)

    def language_of(self, tag: str) -> str:
        """The language in which a reader of `tag` is answered."""
        language = tag.split("-", 1)[0].lower()
        return language if language in self._catalogues else FALLBACK

    def _verdict(self, verdict: Verdict, language: str) -> str:
        """The whole comparison: what is asked, how the person stands to it, how needful and how sure it is."""
        return self.reason(verdict_reason(verdict), language)

    def _reason(self, reason: Reason, language: str) -> str:
        """A reason or a gap."""
        language = self.language_of(language)
        args = dict(reason.args)
        if reason.code.startswith("verdict."):
            return self._comparison(reason.origin, reason.code.removeprefix("verdict."), args, language)
        values = self._values[language]
        told = {}
        for name, value in args.items():
            if reason.code == "hours.fit":
                told[name] = values.hours(value)
            elif name in ("asked", "had"):
                told[name] = values.concept(value)
            elif name == "mode":
                told[name] = values.mode(value)
            else:
                told[name] = values.format(_ARGS.get(name, "plain"), value)
        return self._sentence(f"reason.{reason.code}", language, told, count=args.get("months"))

    def exclusion(self, verdicts: Sequence[Verdict], language: str) -> str:
        """Why an opening was left out: the first obstacles, and how many more there are."""
        obstacles: dict[tuple[str, str], Verdict] = {}
        for verdict in verdicts:
            # Four activities of one language are one obstacle to a reader.
            obstacles.setdefault((BY_ID[verdict.rule].family, verdict.subject or verdict.rule), verdict)
        told = list(obstacles.values())[:MOST_OBSTACLES]
        sentences = [self.verdict(verdict, language) for verdict in told]
        more = str(len(obstacles) - len(told))
        if more != "0":
            sentences.append(self._sentence("exclusion.more", self.language_of(language), {"count": more}, count=more))
        return " ".join(sentences)

    def next_step(self, step: NextStep, language: str) -> str:
        """A change or two, and how much they would open."""
        language = self.language_of(language)
        told = [self.step_change(change, language) for change in step.changes]
        if len(told) > 1:
            told.insert(1, self._sentence("step.and", language, {}))
        count = str(step.opened)
        told.append(self._sentence("step.opens", language, {"count": count}, count=count))
        return " ".join(told)

    def step_change(self, change: StepChange, language: str) -> str:
        """A change on its own."""
        language = self.language_of(language)
        args = {"subject": change.subject, "required": change.required, "actual": change.actual}
        told = self._told(change.rule, args, language)
        if change.rule == "windows.weekly":
            # What is to be reached here are minutes more, not times.
            told["required"] = change.required
        return self._sentence(_step(change), language, told)

    def question(self, question: Question, language: str) -> str:
        """A question, and for how much its answer decides."""
        language = self.language_of(language)
        kind = _QUESTIONS.get(question.field, "plain")
        told = {"subject": self._values[language].format(kind, question.subject)}
        count = str(question.undecided)
        asked = self._sentence(f"question.{question.field}", language, told)
        return f"{asked} {self._sentence('question.decides', language, {'count': count}, count=count)}"

    def place(self, places: Sequence[Place], language: str) -> str:
        """Where an opening is, in words; the first places of many."""
        values = self._values[self.language_of(language)]
        named = dict.fromkeys(text for place in places if (text := values.place(place)))
        return "; ".join(list(named)[:MOST_PLACES])

    # -- comparisons -----------------------------------------------------------------------------------------------

    def _comparison(self, rule: str, outcome: str, args: Mapping[str, str], language: str) -> str:
        told = self._told(rule, args, language)
        sentences = [
            self._sentence(_requirement(rule, args), language, told),
            self._sentence(self._status(rule, outcome, args), language, told),
        ]
        if args["necessity"] in _SUFFIXES and rule not in ("experience.months", "licence.mentioned"):
            sentences.append(self._sentence(f"suffix.{args['necessity']}", language, {}))
        if args["basis"] == "inferred" and rule != "licence.mentioned":
            sentences.append(self._sentence("suffix.inferred", language, {}))
        return " ".join(sentences)

    def _told(self, rule: str, args: Mapping[str, str], language: str) -> dict[str, str]:
        kinds = _FORMATS.get(rule) or _FORMATS.get(rule.split(".", 1)[0], _PLAIN)
        values = self._values[language]
        names = ("subject", "required", "actual")
        return {name: values.format(kind, args[name]) for name, kind in zip(names, kinds, strict=True)}

    def _status(self, rule: str, outcome: str, args: Mapping[str, str]) -> str:
        """The most special key that there is, for the rule or for its family."""
        if rule == "language.not_stated" and args["subject"]:
            return f"status.{rule}.mentioned.{outcome}"
        if rule.startswith("licence.") and args["actual"] not in ("", "yes", "no"):
            # The person's value is the last day on which the licence is valid.
            return "status.licence.met_until" if outcome == OUTCOME_KEYS[Outcome.MET] else "status.licence.expired"
        special = f"status.{rule}.{outcome}"
        known = self._catalogues[FALLBACK].gettext(special) != special
        return special if known else f"status.{BY_ID[rule].family}.{outcome}"

    def _sentence(self, key: str, language: str, told: Mapping[str, str], *, count: str | None = None) -> str:
        catalogue = self._catalogues[language]
        text = catalogue.gettext(key) if count is None else catalogue.ngettext(key, key, int(count))
        if right_to_left(language):
            told = {name: isolated(value) for name, value in told.items()}
        sentence = text.format(**told)
        return sentence[:1].upper() + sentence[1:]


def load_texts(vocabulary: Vocabulary, locales: Path = LOCALES) -> Texts:
    """Read and compile the catalogues. Raises OSError where one is missing."""
    catalogues = {language: _compiled(locales / language / "LC_MESSAGES" / "matching.po") for language in LANGUAGES}
    for language, catalogue in catalogues.items():
        if language != FALLBACK:
            catalogue.add_fallback(catalogues[FALLBACK])
    return Texts(catalogues, vocabulary)


def _compiled(path: Path) -> GNUTranslations:
    with path.open("rb") as source:
        catalogue = read_po(source)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _step(step: StepChange) -> str:
    if step.rule == "education.level" and not step.required:
        return "step.education.field"
    return "step.education.level.any" if step.rule == "education.level" and not step.subject else f"step.{step.rule}"


def _requirement(rule: str, args: Mapping[str, str]) -> str:
    if rule == "place.travel" and not args["required"]:
        return "requirement.place.unknown"
    return BY_ID[rule].text_key
