"""A short form of the proof over a million generated pairs (`make eligibility`)."""

import pytest

from services.matching.domain.columns import judge_view, person_beside
from services.matching.domain.query import query_of
from services.matching.domain.signals import ProfileSignals
from tests.builders.matching import NOW, vocabulary
from tests.builders.matching_generated import Generator
from tests.proofs import eligibility


def test_generated_pairs_are_judged_as_the_reference_does() -> None:
    """No disagreement in 20,000 pairs, in which every rule that can leave out did so."""
    tally = eligibility.prove(20_000, seed=11)
    assert tally.pairs == 20_000
    assert len(tally.rules) >= 24
    assert 0.1 < tally.eligible / tally.pairs < 0.6


def test_the_proof_finds_a_disagreement() -> None:
    """A person judged with another person's columns is noticed."""
    other = query_of(Generator(99).profile(), ProfileSignals("generated"), vocabulary(), NOW)
    with pytest.raises(eligibility.Disagreement):
        eligibility.prove(1_000, seed=11, judge_all=lambda _, view: judge_view(person_beside(other, view), view))
