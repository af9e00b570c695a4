"""A profile without what its texts say about who the person is."""

from services.matching.domain.embedding_input import profile_input
from services.matching.domain.linking import link_profile
from services.matching.domain.scrubbing import scrubbed_work
from services.matching.domain.values import Concept, LocalizedText
from services.matching.domain.work import Goals, Skill, WorkExperience
from tests.builders.matching import profile, vocabulary
from tests.builders.matching_vocabulary import COOK

PERSON = profile(
    summaries=(LocalizedText("en", "My name is Otabek Cook. I am from Iraq and I am a woman."),),
    experiences=(WorkExperience(Concept(text="Cleaner, Otabek"), months=7, country="IQ", tasks="Call 040 123 4567."),),
    skills=(Skill(Concept(text="Otabek's soup")),),
    goals=Goals((Concept(COOK), Concept(text="baker")), text="As a Muslim I look for calm work."),
)


def test_every_text_is_scrubbed_and_everything_else_stays() -> None:
    """Summaries, tasks, goals and the words of concepts; codes, months and countries stay where rules need them."""
    work = scrubbed_work(PERSON.work, vocabulary())
    assert [summary.text for summary in work.summaries] == [""]
    job = work.experiences[0]
    assert (job.occupation.text, job.tasks, job.months, job.country) == ("Cleaner", "Call.", 7, "IQ")
    assert "Otabek" not in work.skills[0].skill.text
    assert work.goals.text == "I look for calm work."
    assert [wish.uri for wish in work.goals.occupations] == [COOK, ""]


def test_the_encoders_input_is_made_of_the_scrubbed_texts() -> None:
    """Whatever field they stand in."""
    text = profile_input(PERSON, vocabulary()).text()
    assert text == "cook. baker. Cleaner. I look for calm work. Call"


def test_a_family_name_is_read_as_no_occupation() -> None:
    """Signals are read from the scrubbed texts: "Cook" is this person's name."""
    only_name = profile(summaries=(LocalizedText("en", "My name is Otabek Cook."),))
    assert link_profile(only_name, vocabulary()).held == ()
    told = profile(summaries=(LocalizedText("en", "I was a cook."),))
    assert [held.code for held in link_profile(told, vocabulary()).held] == [COOK]
