"""Lists of candidates as wire types. Of someone who is not named, nothing leaves but what may be shown."""

from polku.matching.v1 import candidate_service_pb2 as pb
from polku.matching.v1 import match_pb2

from services.matching.adapters.candidate_texts import CandidateTexts
from services.matching.adapters.wire import values
from services.matching.adapters.wire.matches import Wire, versions_to_wire
from services.matching.application.willing import CandidateList, Listed
from services.matching.domain.aspects import Standing, explained
from services.matching.domain.weights import Weights
from shared.kernel.names import resource_name


class CandidateWire:
    """Maps for one reader: `language` is the BCP 47 tag that was asked for; `matches` maps what is shown in full."""

    def __init__(self, texts: CandidateTexts, matches: Wire, weights: Weights, language: str) -> None:
        self._texts = texts
        self._matches = matches
        self._weights = weights
        self._language = language

    def candidates(self, made: CandidateList) -> pb.ListCandidatesResponse:
        """The whole answer."""
        return pb.ListCandidatesResponse(
            candidates=[self._named(each) if each.named else self._unnamed(each) for each in made.people],
            record=resource_name("candidateLists", made.id),
            create_time=values.timestamp_to_wire(made.create_time),
            willing_count=made.willing,
            considered_count=made.considered,
            eligible_count=made.eligible,
            versions=versions_to_wire(made.versions),
        )

    def _named(self, listed: Listed) -> pb.Candidate:
        candidate, match = self._common(listed), self._matches.match(listed.match)
        candidate.profile = resource_name("profiles", listed.profile_id)
        candidate.match.CopyFrom(match)
        candidate.explanation.CopyFrom(match.explanation)
        return candidate

    def _unnamed(self, listed: Listed) -> pb.Candidate:
        candidate = self._common(listed)
        reasons, gaps = explained(listed.standings, self._weights)
        candidate.explanation.language = self._texts.language_of(self._language)
        candidate.explanation.reasons.extend(self._reason(each) for each in reasons)
        candidate.explanation.gaps.extend(self._reason(each) for each in gaps)
        return candidate

    def _common(self, listed: Listed) -> pb.Candidate:
        return pb.Candidate(
            rank=listed.rank,
            handle=listed.handle,
            standings=[self._standing(each) for each in listed.standings],
            total=listed.total,
        )

    def _standing(self, standing: Standing) -> pb.Standing:
        aspect = standing.aspect
        return pb.Standing(
            kind=aspect.kind,
            subject=aspect.subject,
            required=aspect.required,
            necessity=values.necessity_to_wire(aspect.necessity),
            value=standing.value,
            text=self._texts.standing(standing, self._language),
        )

    def _reason(self, standing: Standing) -> match_pb2.Reason:
        kind = standing.aspect.kind
        text = self._texts.standing(standing, self._language)
        return match_pb2.Reason(code=f"candidate.{kind}.{standing.value}", origin=kind, text=text)
