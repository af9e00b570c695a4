"""Sentences of the fake matching service, in three languages."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "job": (
        "Olet työskennellyt hoiva-avustajana 5 vuotta.",
        "Du har arbetat som vårdbiträde i 5 år.",
        "You have worked as a care assistant for 5 years.",
    ),
    "skill": (
        "Sinulla on osaaminen: ikäihmisten avustaminen.",
        "Du har kunskapen: att hjälpa äldre.",
        "You have the skill: helping older people.",
    ),
    "travel": (
        "Matka kestää julkisilla noin 25 minuuttia.",
        "Resan tar cirka 25 minuter med kollektivtrafik.",
        "The way there takes about 25 minutes by public transport.",
    ),
    "gap": (
        "Ei ole tiedossa, onko sinulla hygieniapassi.",
        "Det är inte känt om du har hygienpass.",
        "It is not known whether you have a hygiene passport.",
    ),
    "speaking": (
        "Vaaditaan suomen puhuminen B1. Sinulla on B1.",
        "Krävs finska, att tala B1. Du har B1.",
        "Asked: speaking Finnish B1. You have B1.",
    ),
    "speaking_not": (
        "Vaaditaan suomen puhuminen B2. Sinulla on B1.",
        "Krävs finska, att tala B2. Du har B1.",
        "Asked: speaking Finnish B2. You have B1.",
    ),
    "nights": (
        "Työ sisältää yötyötä. Olet kertonut, että et voi tehdä yötyötä.",
        "Arbetet omfattar nattarbete. Du har sagt att du inte kan arbeta på natten.",
        "The work includes night work. You have said that you cannot work at night.",
    ),
    "step": (
        "Suomen puhuminen: taso B2. Tämä avaisi 14 vaihtoehtoa.",
        "Finska, att tala: nivå B2. Det här skulle öppna 14 alternativ.",
        "Finnish, speaking: level B2. This would open 14 openings.",
    ),
    "step_card": ("Hygieniapassi", "Hygienpass", "Hygiene passport"),
    "change_card": (
        "Lupa tai kortti: hygieniapassi.",
        "Kort: hygienpass.",
        "Card: hygiene passport.",
    ),
    "change_speaking": (
        "Suomen puhuminen: taso B2 (nyt B1).",
        "Finska, att tala: nivå B2 (nu B1).",
        "Finnish, speaking: level B2 (now B1).",
    ),
    "question": ("Onko sinulla hygieniapassi?", "Har du hygienpass?", "Do you have a hygiene passport?"),
}


def say(key: str, language: str) -> str:
    """A text in the language that was asked for."""
    return TEXTS[key][{"fi": 0, "sv": 1}.get(language, 2)]
