"""A small client of the gateway's HTTP API, with its errors as sentences."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from deploy.command.failures import CommandError

TIMEOUT = 30.0
"""Seconds for one call."""


class Refused(CommandError):
    """The gateway's problem+json answer (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.reason = str(problem.get("reason", ""))
        lines = [f"{status} {problem.get('title', '')}: {problem.get('detail', '')} [{self.reason}]"]
        for violation in problem.get("violations", ()):
            nearest = f" (nearest: {violation['nearest']})" if violation.get("nearest") else ""
            lines.append(f"  {violation.get('field', '')}: {violation.get('description', '')}{nearest}")
        super().__init__("\n".join(lines))


class Api:
    """Calls of one user. Use it as an async context manager."""

    def __init__(self, base: str, *, token: str = "", key: str = "") -> None:
        credential = f"Bearer {token}" if token else f"PolkuKey {key}" if key else ""
        headers = {"Authorization": credential} if credential else {}
        # trust_env off: a proxy of the user's must not see what goes to this machine.
        self._client = httpx.AsyncClient(base_url=base, headers=headers, timeout=TIMEOUT, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON answer of a GET. Refused on an error answer, CommandError when nobody answers."""
        return await self._call("GET", path, query=query)

    async def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON answer of a POST."""
        return await self._call("POST", path, body=body, query=query)

    async def put(self, path: str, body: Any, *, idempotency_key: str = "", **query: Any) -> Any:
        """The JSON answer of a PUT; the same key (a UUID) with the same body gives the same answer again."""
        return await self._call("PUT", path, body=body, query=query, idempotency_key=idempotency_key)

    async def patch(self, path: str, body: Any, **query: Any) -> Any:
        """The JSON answer of a PATCH."""
        return await self._call("PATCH", path, body=body, query=query)

    async def delete(self, path: str) -> Any:
        """The JSON answer of a DELETE."""
        return await self._call("DELETE", path)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str = "",
    ) -> Any:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        try:
            answer = await self._client.request(method, path, json=body, params=dict(query or {}), headers=headers)
        except httpx.HTTPError as error:
            kind = type(error).__name__
            raise CommandError(
                f"{self._client.base_url} does not answer ({kind}). Is Polku running? Start it: polku up"
            ) from error
        if answer.is_error:
            raise Refused(answer.status_code, _problem(answer))
        return answer.json() if answer.content else {}


def opening_path(publisher: str, kind: str, external_id: str) -> str:
    """The path of a publisher's own opening; kind is vacancies, trainings or services."""
    return f"/v1/publishers/{quote(publisher, safe='')}/{kind}/{quote(external_id, safe='')}"


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"title": answer.reason_phrase, "detail": answer.text[:200]}
