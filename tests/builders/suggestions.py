"""Suggestions of every kind, and a CV that gives them."""

from services.profiles.domain.suggestions import Suggestion
from services.profiles.domain.values import Answer, CefrLevel, CefrProfile, Concept
from services.profiles.domain.work import Education, LanguageSkill, Licence, Skill, WorkExperience
from shared.kernel.ids import new_id

CLEANER = "http://data.europa.eu/esco/occupation/303a1e34-cb16-4054-b323-81e5eec17397"
HOTEL_CLEANER = "http://data.europa.eu/esco/occupation/731ecac4-06e8-4ec2-a559-101fecbd9183"
B1 = CefrProfile(CefrLevel.B1, CefrLevel.B1, CefrLevel.B1, CefrLevel.B1)
CV = """Amina Esimerkki
Puh. 040 000 0000, amina@example.com

TYÖKOKEMUS
Siivooja, Puhdas Piha Oy, Espoo
03/2021 – 07/2024
- lattioiden pesu

KIELITAITO
suomi – B1

KORTIT
Hygieniapassi

KOULUTUS
Peruskoulu, 2010
"""


def suggestions_of_every_kind() -> tuple[Suggestion, ...]:
    """A job with an alternative, a skill, a language, an education and a licence."""
    cleaner, hotel = Concept(CLEANER, "cleaner"), Concept(HOTEL_CLEANER, "hotel cleaner")
    job = WorkExperience(Concept(CLEANER, "Siivooja"), 41, "FI", "lattioiden pesu\nikkunat")
    return (
        Suggestion(new_id(), job, ("Siivooja, Puhdas Piha Oy",), False, (cleaner, hotel)),
        Suggestion(new_id(), Skill(Concept("", "floor cleaning")), ("lattioiden pesu",), True),
        Suggestion(new_id(), LanguageSkill("fi", B1), ("suomi – B1",)),
        Suggestion(new_id(), Education(3, title="Puhtausalan perustutkinto"), ("Puhtausalan perustutkinto",)),
        Suggestion(new_id(), Licence("hygiene-passport", Answer.YES), ("Hygieniapassi",)),
    )
