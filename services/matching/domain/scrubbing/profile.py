"""A work profile without what its texts say about who the person is."""

from collections.abc import Iterator
from dataclasses import replace

from services.matching.domain.scrubbing.scrubber import Text, scrubber
from services.matching.domain.values import Concept
from services.matching.domain.work import WorkProfile
from shared.vocabulary import Vocabulary


def scrubbed_work(work: WorkProfile, vocabulary: Vocabulary) -> WorkProfile:
    """The same profile with every text scrubbed; codes, numbers and dates stay."""
    cleaned = iter(scrubber(vocabulary).scrubbed(list(_texts(work))))
    summaries = tuple(replace(summary, text=next(cleaned)) for summary in work.summaries)
    experiences = tuple(
        replace(job, tasks=next(cleaned), occupation=_with(job.occupation, next(cleaned))) for job in work.experiences
    )
    skills = tuple(replace(skill, skill=_with(skill.skill, next(cleaned))) for skill in work.skills)
    goals = replace(
        work.goals,
        text=next(cleaned),
        occupations=tuple(_with(concept, next(cleaned)) for concept in work.goals.occupations),
        trainings=tuple(_with(concept, next(cleaned)) for concept in work.goals.trainings),
    )
    return replace(work, summaries=summaries, experiences=experiences, skills=skills, goals=goals)


def _texts(work: WorkProfile) -> Iterator[Text]:
    """All texts, in the order in which `scrubbed_work` takes them."""
    for summary in work.summaries:
        yield Text(summary.text)
    for job in work.experiences:
        yield Text(job.tasks)
        yield Text(job.occupation.text, title=True)
    for skill in work.skills:
        yield Text(skill.skill.text, title=True)
    yield Text(work.goals.text)
    for concept in (*work.goals.occupations, *work.goals.trainings):
        yield Text(concept.text, title=True)


def _with(concept: Concept, text: str) -> Concept:
    return concept if concept.text == text else replace(concept, text=text)
