"""The page that tells a writer which of their words the match leaves out."""

from polku.profiles.v1.profile_service_pb2 import GetProfileRequest
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import Response

from services.gateway.match_pages import Person
from services.gateway.own_words import KINDS, checked, texts_of
from services.gateway.pages import Pages, Visit


class OwnWordsPages:
    """The page, for the person and for their counsellor alike."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def listed(self, visit: Visit, person: Person) -> Response:
        """Show each text in which something was found, with these words marked."""
        purpose = Purpose.KIND_OWN_DATA if person.own else Purpose.KIND_JOB_MATCHING
        request = GetProfileRequest(name=person.profile, purpose=purpose)
        answer = await self._backends.call(self._backends.profiles.GetProfile, request, visit.caller)
        texts = texts_of(answer.profile)
        found = [text for text in await checked(self._backends, visit.caller, texts) if text.found]
        return self._pages.render(
            visit,
            "own_words.html",
            person=person,
            any_text=bool(texts),
            texts=[
                {
                    "about": visit.words.text(text.about),
                    "pieces": list(text.pieces()),
                    "kinds": list(dict.fromkeys(visit.words.text(KINDS[each.kind]) for each in text.found)),
                }
                for text in found
            ],
            kinds={kind: visit.words.text(label) for kind, label in KINDS.items()},
        )
