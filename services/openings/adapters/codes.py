"""The standard lists of the vocabulary, as the domain's rules ask for them."""

from collections.abc import Callable, Mapping

from services.openings.domain.codes import CodeList
from shared.vocabulary import Vocabulary


class VocabularyCodes:
    """Codes of the vocabulary. Fulfils `domain.codes.Codes`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._find: Mapping[CodeList, Callable[[str], object]] = {
            CodeList.OCCUPATION: vocabulary.occupation,
            CodeList.SKILL: vocabulary.skill,
            CodeList.LICENCE: vocabulary.licence,
            CodeList.LANGUAGE: lambda tag: vocabulary.language(tag.split("-")[0].lower()),
            CodeList.ISCO: vocabulary.isco,
            # The vocabulary ends at narrow fields: a detailed one is known by the narrow field above it.
            CodeList.ISCED_FIELD: lambda code: vocabulary.isced_field(code[:3]),
            CodeList.MUNICIPALITY: vocabulary.municipality,
        }

    def knows(self, code_list: CodeList, code: str) -> bool:
        """Whether the list has the code."""
        return self._find[code_list](code) is not None

    def nearest(self, code_list: CodeList, code: str) -> str:
        """The code that is spelt most like this one, "" where none is."""
        return self._vocabulary.nearest(code_list.value, code)
