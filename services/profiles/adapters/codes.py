"""The code lists of the vocabulary, as the domain's rules ask for them."""

from services.profiles.domain.rules import CodeList
from shared.vocabulary import Vocabulary


class VocabularyCodes:
    """Codes of the vocabulary. Fulfils `domain.rules.Codes`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known = {
            CodeList.MUNICIPALITY: frozenset(vocabulary.tables.municipalities),
            CodeList.LICENCE: frozenset(vocabulary.tables.licences),
            CodeList.ISCO: frozenset(vocabulary.tables.isco_groups),
        }

    def knows(self, codes: CodeList, code: str) -> bool:
        """Whether the code is in the list, exactly so."""
        return code in self._known[codes]

    def nearest(self, codes: CodeList, code: str) -> str:
        """The code of the list that is spelt most like this one, "" where none is."""
        return self._vocabulary.nearest(codes.name.lower(), code)
