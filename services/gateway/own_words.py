"""Which of a person's own words the match leaves out, text by text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from polku.matching.v1 import text_service_pb2 as pb
from polku.profiles.v1.profile_pb2 import Profile

from services.gateway.clients import Backends, Caller
from services.gateway.translations import N_

MOST_BYTES = 48 * 1024
"""Of one request's texts together."""
MOST_TEXTS = 200

KINDS = {
    pb.PersonalWords.KIND_NAME: N_("name"),
    pb.PersonalWords.KIND_EMAIL: N_("e-mail address"),
    pb.PersonalWords.KIND_TELEPHONE: N_("telephone number"),
    pb.PersonalWords.KIND_IDENTITY_CODE: N_("identity code"),
    pb.PersonalWords.KIND_WEB_ADDRESS: N_("web address"),
    pb.PersonalWords.KIND_ADDRESS: N_("street address"),
    pb.PersonalWords.KIND_BIRTH: N_("birth or age"),
    pb.PersonalWords.KIND_NATIONALITY: N_("nationality or origin"),
    pb.PersonalWords.KIND_RELIGION: N_("religion or belief"),
    pb.PersonalWords.KIND_HEALTH: N_("health"),
    pb.PersonalWords.KIND_GENDER: N_("gender or family"),
}


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text of a profile: what it is about, the words, and what was found in it."""

    about: str
    text: str
    found: Sequence[pb.PersonalWords] = ()

    def pieces(self) -> Iterator[tuple[str, int]]:
        """The text in pieces: (words, kind), kind 0 for what is used."""
        end = 0
        for each in self.found:
            yield self.text[end : each.span.start], 0
            yield self.text[each.span.start : each.span.end], each.kind
            end = each.span.end
        yield self.text[end:], 0


def texts_of(profile: Profile) -> list[OwnText]:
    """Every text that matching reads of a profile, the longest kinds first."""
    work = profile.work
    told = [
        *((N_("In your own words"), summary.text) for summary in work.summaries),
        *((N_("What was done at work"), job.tasks) for job in work.experiences),
        (N_("Goals"), work.goals.text),
        *((N_("Job title"), job.occupation.text) for job in work.experiences),
        *((N_("Wish"), wish.text) for wish in (*work.goals.occupations, *work.goals.trainings)),
        *((N_("Skill"), skill.skill.text) for skill in work.skills),
    ]
    return [OwnText(about, text) for about, text in told if text]


async def checked(backends: Backends, caller: Caller, texts: Sequence[OwnText]) -> list[OwnText]:
    """The texts with what matching leaves out of them. Raises the PolkuError that matching answered."""
    done: list[OwnText] = []
    for part in _portions(texts):
        request = pb.CheckTextsRequest(texts=[each.text for each in part])
        answer = await backends.call(backends.texts.CheckTexts, request, caller)
        done += [OwnText(each.about, each.text, found.found) for each, found in zip(part, answer.texts, strict=True)]
    return done


def _portions(texts: Sequence[OwnText]) -> Iterator[list[OwnText]]:
    """As many texts at a time as a request may have."""
    part: list[OwnText] = []
    size = 0
    for each in texts:
        length = len(each.text.encode())
        if part and (size + length > MOST_BYTES or len(part) == MOST_TEXTS):
            yield part
            part, size = [], 0
        part.append(each)
        size += length
    if part:
        yield part
