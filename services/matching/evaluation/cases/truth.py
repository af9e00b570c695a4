"""Who may have which opening: the benchmark's own rules, written from what people and openings say.

No rule of the product is used here, so that the two check each other. Where a person has not told something, or an
opening does not state it, nobody is left out.
"""

from collections.abc import Iterator
from datetime import date

from services.matching.evaluation.cases.people import Facts, Opening, Reach, Right, Times, Windows
from services.matching.evaluation.cases.places import PLACES
from shared.vocabulary import Vocabulary


class Truth:
    """Compares people and openings on one day."""

    def __init__(self, vocabulary: Vocabulary, today: date) -> None:
        self._occupations = vocabulary.tables.occupations
        self._licences = vocabulary.tables.licences
        self._today = today

    def obstacles(self, facts: Facts, opening: Opening) -> frozenset[str]:
        """What stands between a person and an opening for certain; empty: the person may have it."""
        return frozenset(self._found(facts, opening))

    def undecided(self, facts: Facts, opening: Opening) -> bool:
        """Whether one of them has not said something that the other asks for: it must not count against the person."""
        asked = opening.languages
        return (
            asked is None
            or any(must and None in facts.levels.get(language, (None,)) for language, _, must in asked)
            or (opening.education is not None and facts.education is None)
            or (not opening.training and self._undecided_work(facts, opening))
            or facts.home is None
            or opening.place is None
        )

    def _undecided_work(self, facts: Facts, opening: Opening) -> bool:
        return facts.right is None or any(code not in facts.licences for code in self._needed(opening))

    def _found(self, facts: Facts, opening: Opening) -> Iterator[str]:
        if _lacks_language(facts, opening):
            yield "language"
        if _lacks_education(facts, opening):
            yield "education"
        yield from _when(facts, opening)
        if _too_far(facts, opening):
            yield "place"
        yield from self._dates(facts, opening)
        if not opening.training:
            yield from self._right_to_work(facts, opening)
            if any(self._lacks_licence(facts, code, self._start(opening)) for code in self._needed(opening)):
                yield "licence"
            if self._not_recognised(facts, opening):
                yield "profession"

    def _start(self, opening: Opening) -> date:
        return max(opening.first_day or self._today, self._today)

    def _dates(self, facts: Facts, opening: Opening) -> Iterator[str]:
        if opening.closing is not None and opening.closing < self._today:
            yield "closed"
        if opening.training and opening.seats == 0:
            yield "full"
        if opening.first_day is None:
            return
        if opening.training and opening.first_day < self._today:
            yield "begun"
        if facts.available_from is not None and facts.available_from > self._start(opening):
            yield "start"

    def _right_to_work(self, facts: Facts, opening: Opening) -> Iterator[str]:
        if facts.right is Right.NONE:
            yield "right"
        if facts.right in (None, Right.NONE):
            return
        if facts.right_until is not None and facts.right_until < self._start(opening):
            yield "right ends"
        if facts.right is Right.LIMITED:
            isco = opening.isco or (self._occupations[opening.occupation].isco if opening.coded else "")
            if isco and facts.sectors and not isco.startswith(facts.sectors):
                yield "sector"
            if None not in (facts.right_hours, opening.fewest_hours) and opening.fewest_hours > facts.right_hours:  # type: ignore[operator]
                yield "right's hours"

    def _needed(self, opening: Opening) -> Iterator[str]:
        """Licences asked for, and those that the law asks in an occupation that is given by its code.

        What is asked as an advantage is no more than that, whatever the law says of the occupation.
        """
        stated = dict(opening.licences)
        yield from (code for code, required in stated.items() if required)
        if opening.coded:
            by_law = self._occupations[opening.occupation].required_licences
            yield from (code for code in by_law if code not in stated)

    def _lacks_licence(self, facts: Facts, code: str, day: date) -> bool:
        """Known to be missing on the day: told that it is not there, or that it ends before."""
        last_days = [
            until
            for held, until in facts.licences.items()
            if held == code or (until is not None and code in self._licences[held].includes)
        ]
        return bool(last_days) and all(until is None or until < day for until in last_days)

    def _not_recognised(self, facts: Facts, opening: Opening) -> bool:
        row = self._occupations[opening.occupation]
        reserved = opening.coded and row.regulated and not row.required_licences
        return reserved and facts.education is not None and facts.education[1] is False


def _lacks_language(facts: Facts, opening: Opening) -> bool:
    for language, asked, required in opening.languages or ():
        known = facts.levels.get(language)
        if required and known is not None:
            pairs = zip(known, asked, strict=True)
            if any(had is not None and need is not None and had < need for had, need in pairs):
                return True
    return False


def _lacks_education(facts: Facts, opening: Opening) -> bool:
    if opening.education is None or facts.education is None:
        return False
    level, recognition, required = opening.education
    had, counts = facts.education
    too_low = None not in (level, had) and had < level  # type: ignore[operator]
    return required and (too_low or (recognition and counts is False))


def _when(facts: Facts, opening: Opening) -> Iterator[str]:
    if None not in (facts.most_hours, opening.fewest_hours) and opening.fewest_hours > facts.most_hours:  # type: ignore[operator]
        yield "too many hours"
    longest = opening.most_hours if opening.most_hours is not None else opening.fewest_hours
    if not opening.training and None not in (facts.fewest_hours, longest) and longest < facts.fewest_hours:  # type: ignore[operator]
        yield "too few hours"
    if (opening.times is Times.EVENING and facts.evenings is False) or (opening.nights and facts.nights is False):
        yield "shift"
    if opening.times is Times.WEEKEND and facts.weekends is False:
        yield "shift"
    if opening.times in (Times.EVENING, Times.WEEKEND) and facts.windows is Windows.DAYTIME:
        yield "times"


def _too_far(facts: Facts, opening: Opening) -> bool:
    if facts.home is None or opening.place is None or opening.remote:
        return False
    if facts.reach is Reach.DISTRICT:
        return opening.place != facts.home
    return PLACES[opening.place].zone != PLACES[facts.home].zone
