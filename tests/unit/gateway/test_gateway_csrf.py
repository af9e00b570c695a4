"""Requests that another site makes a browser send."""

import pytest
from starlette.requests import Request

from services.gateway.csrf import check_origin
from shared.kernel.errors import PermissionDenied


def request(**headers: str) -> Request:
    """A POST with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw, "query_string": b""})


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "polku.example", "sec_fetch_site": "same-origin"},
        {"host": "polku.example:8443", "origin": "https://polku.example:8443"},
    ],
)
def test_our_own_pages_are_let_through(headers: dict[str, str]) -> None:
    """Sec-Fetch-Site same-origin, or from older browsers an Origin that is this host."""
    check_origin(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "polku.example"},
        {"host": "polku.example", "sec_fetch_site": "cross-site"},
        {"host": "polku.example", "sec_fetch_site": "same-site"},
        {"host": "polku.example", "sec_fetch_site": "none"},
        {"host": "polku.example", "sec_fetch_site": "cross-site", "origin": "https://polku.example"},
        {"host": "polku.example", "origin": "null"},
        {"host": "polku.example", "origin": "https://polku.example.evil"},
        {"host": "polku.example", "origin": "https://polku.example:444"},
    ],
)
def test_everything_else_is_refused(headers: dict[str, str]) -> None:
    """Other sites, sandboxed frames and requests that say nothing are refused."""
    with pytest.raises(PermissionDenied) as caught:
        check_origin(request(**headers))
    assert caught.value.reason == "CSRF_REFUSED"
