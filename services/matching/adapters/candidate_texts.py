"""Sentences about candidates in Finnish, Swedish and English: the languages of those who look for people."""

from collections.abc import Mapping
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

from services.matching.adapters.text_values import TextValues
from services.matching.adapters.texts import FALLBACK, LOCALES
from services.matching.domain.aspects import Aspect, Standing
from shared.vocabulary import Vocabulary

CANDIDATE_LANGUAGES = ("fi", "sv", "en")
Sentences = Mapping[str, str]


class CandidateTexts:
    """Says what a vacancy asks and how somebody stands to it. A language that is not there gives English."""

    def __init__(self, catalogues: Mapping[str, Sentences], vocabulary: Vocabulary) -> None:
        """`catalogues` by language, each with all sentences."""
        self._catalogues = catalogues
        self._values = {language: TextValues(language, vocabulary, NullTranslations()) for language in catalogues}

    def language_of(self, tag: str) -> str:
        """The language in which a reader of `tag` (BCP 47) is answered."""
        language = tag.split("-", 1)[0].lower()
        return language if language in self._catalogues else FALLBACK

    def standing(self, standing: Standing, language: str) -> str:
        """One standing in two sentences."""
        language = self.language_of(language)
        sentences, aspect = self._catalogues[language], standing.aspect
        key = f"asked.{aspect.kind}"
        if aspect.kind == "language" and not aspect.required:
            key += ".any"
        asked = sentences[key].format(
            subject=self._subject(aspect, language), required=self._required(aspect, language)
        )
        return f"{asked[:1].upper()}{asked[1:]} {sentences[f'value.{standing.value}']}"

    def _subject(self, aspect: Aspect, language: str) -> str:
        if not aspect.subject:
            return ""
        values = self._values[language]
        return values.language(aspect.subject) if aspect.kind == "language" else values.concept(aspect.subject)

    def _required(self, aspect: Aspect, language: str) -> str:
        return self._values[language].level(aspect.required) if aspect.kind == "language" else aspect.required


def load_candidate_texts(vocabulary: Vocabulary, locales: Path = LOCALES) -> CandidateTexts:
    """Read the catalogues. Raises OSError where one is missing."""
    catalogues = {
        language: _sentences(locales / language / "LC_MESSAGES" / "candidates.po") for language in CANDIDATE_LANGUAGES
    }
    return CandidateTexts(catalogues, vocabulary)


def _sentences(path: Path) -> Sentences:
    with path.open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}
