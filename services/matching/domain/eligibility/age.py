"""Age: asked only where a law in force limits the work to an age, and never compared, since no profile holds one."""

from collections.abc import Iterator

from services.matching.domain.candidates import Candidate
from services.matching.domain.query import Query
from services.matching.domain.rules import AgeLimit, age_limits
from services.matching.domain.values import Basis, Necessity, OpeningKind, Shift
from services.matching.domain.verdicts import Outcome, Verdict


def age_verdicts(query: Query, candidate: Candidate) -> Iterator[Verdict]:
    """The highest age that a law asks for the vacancy's work: not known to be met, and so never in the way."""
    if candidate.snapshot.kind is not OpeningKind.VACANCY:
        return
    asked = [
        (limit.years, basis is not Basis.INFERRED, basis)
        for limit in age_limits(query.today)
        if (basis := _covers(limit, candidate)) is not None
    ]
    if asked:
        years, _, basis = max(asked)
        yield Verdict("age.minimum", "", Outcome.UNKNOWN, Necessity.REQUIRED, str(years), basis=basis)


def _covers(limit: AgeLimit, candidate: Candidate) -> Basis | None:
    """How sure it is that a limit is about the work; None where it is not."""
    found = []
    if limit.groups:
        if not candidate.signals.isco.startswith(limit.groups):
            return None
        found.append(candidate.signals.isco_basis)
    if limit.nights:
        nights = [basis for occasion in candidate.occasions for shift, basis in occasion.shifts if shift is Shift.NIGHT]
        if not nights:
            return None
        found.append(Basis.STATED if Basis.STATED in nights else nights[0])
    return Basis.INFERRED if Basis.INFERRED in found else Basis.STATED
