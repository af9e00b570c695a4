"""Grades of the case benchmark, and the metrics that are made of them."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from services.matching.evaluation.cases.drawing import Cases, Source
from services.matching.evaluation.cases.metrics import ndcg, recall
from services.matching.evaluation.cases.relevance import Relevance


def test_grades_follow_escos_relations(source: Source) -> None:
    """The same occupation 3, a related one or one of the unit group 2, of the minor group 1, a far one 0."""
    grades, rows = Relevance(source.vocabulary), source.vocabulary.tables.occupations
    related = next(row for row in rows.values() if row.related)
    assert grades.of(related.uri, related.uri) == 3
    assert grades.of(related.uri, related.related[0]) == grades.of(related.related[0], related.uri) == 2
    whole = [row for row in rows.values() if row.essential_skills]
    for one, other in combinations(whole[::3], 2):
        grade = grades.of(one.uri, other.uri)
        shared = set(one.essential_skills) & set(other.essential_skills)
        if other.uri in one.related or one.uri in other.related or one.isco == other.isco:
            assert grade == 2
        elif one.isco[:3] == other.isco[:3]:
            assert grade == 1
        else:
            assert grade == int(2 * len(shared) >= len(other.essential_skills))


def test_a_wish_counts_in_full_and_what_was_held_one_grade_less(source: Source, cases: Cases) -> None:
    """Who has said no wish is taken to look for what they did; a training is graded by the wish alone, one less."""
    grades = Relevance(source.vocabulary)
    by_label = {row.labels["en"]: row.uri for row in source.vocabulary.tables.occupations.values()}
    cook, welder = by_label["cook"], by_label["welder"]
    facts = replace(
        cases.seekers[0].facts, wished=(cook,), held=(replace(cases.seekers[0].facts.held[0], occupation=welder),)
    )
    vacancy = replace(cases.openings[0], training=False)
    assert grades.grade(facts, replace(vacancy, occupation=cook)) == 3
    assert grades.grade(facts, replace(vacancy, occupation=welder)) == 2
    assert grades.grade(replace(facts, wished=()), replace(vacancy, occupation=welder)) == 3
    assert grades.grade(facts, replace(vacancy, training=True, occupation=cook)) == 2
    assert grades.grade(facts, replace(vacancy, training=True, occupation=welder)) == 0


def test_ndcg_is_one_for_the_best_order_and_falls_with_the_rank() -> None:
    """Worked by hand: gains 7 and 1 at ranks 1 and 2; turned round, (1 + 7/log2 3) / (7 + 1/log2 3)."""
    assert ndcg(np.array([3, 1, 0])) == 1.0
    expected = (1 + 7 / np.log2(3)) / (7 + 1 / np.log2(3))
    assert ndcg(np.array([1, 3, 0])) == pytest.approx(expected)
    assert ndcg(np.array([0] * 10 + [3])) == 0.0
    assert ndcg(np.array([0, 0])) is None


def test_recall_counts_the_relevant_among_the_first_fifty() -> None:
    """Grade 1 is not relevant; with more than fifty relevant ones, fifty are enough for 1."""
    assert recall(np.array([2, 1, 3, 0])) == 1.0
    assert recall(np.array([2] + [0] * 50 + [3])) == 0.5
    assert recall(np.array([3] * 60)) == 1.0
    assert recall(np.array([1, 0])) is None
