"""Styles and pictures, under names that change with their content, so that they may be kept for a year."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette import staticfiles
from starlette.responses import Response
from starlette.types import Scope

from services.gateway.request_log import record_of

_FOLDER = Path(__file__).parent / "static"


class StaticFiles(staticfiles.StaticFiles):
    """Starlette's, with the year where the query is the content's own fingerprint."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file."""
        record_of(scope).route = "/static"
        response = await super().get_response(path, scope)
        # Without a fingerprint in the query the browser must ask again each time.
        fresh = scope["query_string"].startswith(b"v=") and response.status_code in (200, 304)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return response


@cache
def static_url(name: str) -> str:
    """Return the address of a static file with its fingerprint."""
    return f"/static/{name}?v={sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]}"
