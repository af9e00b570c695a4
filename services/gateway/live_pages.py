"""News for a list that is open in a browser: in words, and only how much there is."""

import json
from collections.abc import AsyncGenerator

from polku.matching.v1.watch_pb2 import WatchMatchesRequest, WatchMatchesResponse
from starlette.responses import Response

from services.gateway.auth import expiry_of
from services.gateway.event_stream import HEARTBEAT, EventStream, event
from services.gateway.health import Draining
from services.gateway.match_pages import PURPOSE, Person
from services.gateway.pages import Pages, Visit
from services.gateway.translations import N_, translations
from services.gateway.watching import Watch
from services.gateway.words import Words
from shared.kernel.errors import FailedPrecondition, PolkuError, Unauthenticated

RETRY = b"retry: 5000\n\n"
END = event("end", "{}")
CHANGED = N_("The list has changed.")


class LivePages:
    """The stream behind the live region of a list."""

    def __init__(self, pages: Pages, draining: Draining) -> None:
        self._pages = pages
        self._draining = draining

    async def watch(self, visit: Visit, person: Person) -> Response:
        """Tell how many openings have come to fit since the list was shown. Nothing is told after signing out.

        `since` stays that of the list whenever the browser connects again, so that the number counts from the list on.
        """
        since = visit.request.query_params.get("since", "")
        request = WatchMatchesRequest(profile=person.profile, purpose=PURPOSE, language=visit.language, since=since)
        seconds = expiry_of(visit.caller.principal.token) - self._pages.clock().timestamp()
        try:
            watch = await Watch.begin(self._pages.backends, request, visit.caller, self._draining, seconds)
        except Unauthenticated:
            raise
        except FailedPrecondition as error:
            outdated = error.reason == "LIST_OUTDATED"
            return EventStream(_changed(visit.words), _nothing) if outdated else Response(status_code=204)
        except PolkuError:
            # The list is whole without news. "No content" tells a browser not to try again.
            return Response(status_code=204)
        return EventStream(self._frames(watch, visit), watch.close)

    async def _frames(self, watch: Watch, visit: Visit) -> AsyncGenerator[bytes, None]:
        fitting: set[str] = set()
        yield RETRY
        try:
            async for message in watch.messages():
                if not await self._pages.lasts(visit):
                    break
                if message is not None and message.many_changes:
                    yield _news(visit.words.text(CHANGED))
                    break
                yield _told(message, fitting, visit.words)
            else:
                return  # the token or the process has ended: the browser connects again
            yield END
        except PolkuError:
            yield END


def _told(message: WatchMatchesResponse | None, fitting: set[str], words: Words) -> bytes:
    if message is None or not (message.fitting.matches or message.gone):
        return HEARTBEAT
    fitting |= {match.opening.name for match in message.fitting.matches}
    fitting -= set(message.gone)
    return _news(news_text(len(fitting), words))


def news_text(count: int, words: Words) -> str:
    """Return in words how many openings have come to fit; where none has, that the list is another."""
    if not count:
        return words.text(CHANGED)
    ngettext = translations(words.language).ngettext
    text = ngettext("%(count)s new or changed opening fits.", "%(count)s new or changed openings fit.", count)
    return str(text) % {"count": words.number(count)}


def _news(text: str) -> bytes:
    return event("news", json.dumps({"text": text}, ensure_ascii=False))


async def _changed(words: Words) -> AsyncGenerator[bytes, None]:
    yield _news(words.text(CHANGED))
    yield END


def _nothing() -> None:
    """There is nothing to let go of."""
