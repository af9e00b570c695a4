"""All live openings as columns, judged and scored at once.

The plain reference is `eligibility` and `scoring`, one opening at a time; what is here has to agree with it, and the
tests hold it to that. Items that are shown are made by the reference, so that a list never says what a rule did not.
"""

from services.matching.domain.columns.catalogue import Catalogue, View
from services.matching.domain.columns.closeness import Closeness
from services.matching.domain.columns.eligibility import Eligibility, judge_view
from services.matching.domain.columns.person import Person, person_beside
from services.matching.domain.columns.scoring import Scorer

__all__ = ["Catalogue", "Closeness", "Eligibility", "Person", "Scorer", "View", "judge_view", "person_beside"]
