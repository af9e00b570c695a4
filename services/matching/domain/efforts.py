"""How much a change asks of a person, as `efforts.toml` holds it: it orders steps and tells realistic pairs."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.matching.domain.changes import EDUCATION, LANGUAGE, LICENCE, RECOGNITION, Change
from services.matching.domain.query import Query
from services.matching.domain.values import ACTIVITIES, CefrLevel

_BY_RULE = {
    "hours.most": "hours",
    "hours.fewest": "hours",
    "dates.start": "start",
    "shift.evening": "evening",
    "shift.weekend": "weekend",
    "shift.night": "night",
}


@dataclass(frozen=True, slots=True)
class Efforts:
    """The scale. Numbers are above 0 and comparable with each other.

    travel_minute, window_minute     for each minute more
    activity_level, language_level   for each CEFR level up, in one activity or in all four
    licences                         group of the vocabulary ("card", "driving", "profession") → effort
    pairs                            `most_each` and `most_together`: of a pair of changes that is offered
    """

    version: str
    travel_minute: float
    hours: float
    start: float
    evening: float
    weekend: float
    night: float
    window_minute: float
    activity_level: float
    language_level: float
    recognition: float
    education: float
    licences: Mapping[str, float]
    pairs: Mapping[str, float]

    def of(self, query: Query, change: Change) -> float:
        """What a change asks of this person."""
        if change.rule == "place.travel":
            return self.travel_minute * int(change.required)
        if change.rule == "windows.weekly":
            return self.window_minute * int(change.required)
        if change.rule.startswith(LANGUAGE):
            each = self.language_level if change.rule == LANGUAGE else self.activity_level
            return each * _levels_up(query, change)
        if change.rule == LICENCE:
            licence = query.vocabulary.licence(change.subject)
            return self.licences["card" if licence is None else licence.group]
        if change.rule in (RECOGNITION, EDUCATION):
            return self.recognition if change.rule == RECOGNITION else self.education
        effort: float = getattr(self, _BY_RULE[change.rule])
        return effort

    def realistic(self, query: Query, pair: tuple[Change, Change]) -> bool:
        """Whether both can be asked of a person together."""
        each = [self.of(query, change) for change in pair]
        return max(each) <= self.pairs["most_each"] and sum(each) <= self.pairs["most_together"]


def _levels_up(query: Query, change: Change) -> int:
    """CEFR levels from what is known of the weakest activity concerned; NONE where nothing is."""
    known = query.languages.get(change.subject)
    activity = change.rule.partition(".")[2]
    levels = [known.level(name) for name in ACTIVITIES if activity in ("", name)] if known is not None else []
    lowest = min((level for level in levels if level > CefrLevel.UNKNOWN), default=CefrLevel.NONE)
    return max(1, CefrLevel[change.required] - lowest)
