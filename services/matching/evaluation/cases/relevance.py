"""How well an opening fits a person, graded from ESCO's relations alone.

3 the same occupation; 2 a related one, or the same ISCO-08 unit group; 1 the same minor group, or the person's
occupation gives half or more of the essential skills of the one offered; 0 else. Wished and held are combined: what is
wished for counts in full, what was held one grade less; a person who has said no wish is taken to look for what they
did. A training is one step before the work, and nobody is sent to learn what they have done: it is graded by the wish
alone, one grade less.
"""

from services.matching.evaluation.cases.people import Facts, Opening
from shared.vocabulary import Vocabulary

SAME, NEAR, ALIKE, NONE = 3, 2, 1, 0
RELEVANT = NEAR
"""The grade from which an opening counts for recall."""
_HALF = 0.5


class Relevance:
    """Grades of pairs, each worked out once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._occupations = vocabulary.tables.occupations
        self._known: dict[tuple[str, str], int] = {}

    def grade(self, facts: Facts, opening: Opening) -> int:
        """0 to 3."""
        wished = max((self.of(code, opening.occupation) for code in facts.wished), default=NONE)
        if opening.training:
            return max(NONE, wished - 1)
        held = max((self.of(job.occupation, opening.occupation) for job in facts.held), default=NONE)
        return max(wished, held - 1 if facts.wished else held)

    def of(self, own: str, offered: str) -> int:
        """The grade of an occupation offered to someone of another."""
        found = self._known.get((own, offered))
        if found is None:
            found = self._known[own, offered] = self._of(own, offered)
        return found

    def _of(self, own: str, offered: str) -> int:
        if own == offered:
            return SAME
        mine, other = self._occupations[own], self._occupations[offered]
        if offered in mine.related or own in other.related or mine.isco == other.isco:
            return NEAR
        needed = set(other.essential_skills)
        has_half = bool(needed) and len(needed & set(mine.essential_skills)) >= _HALF * len(needed)
        return ALIKE if has_half or mine.isco[:3] == other.isco[:3] else NONE
