"""gRPC: the server with its interceptors, and channels to other services.

The order of the interceptors matters: the guard is outermost and turns every error of the others into a status.
"""

from collections.abc import Collection, Mapping

import grpc.aio

from shared.runtime.auth import TokenVerifier
from shared.runtime.rpc.client import call_metadata, from_rpc_error, open_channel, translated_errors
from shared.runtime.rpc.deadline import DeadlineInterceptor, time_left
from shared.runtime.rpc.guard import GuardInterceptor
from shared.runtime.rpc.identity import IdentityInterceptor, VerifyPartnerKey, current_principal, require
from shared.runtime.rpc.server import RpcServer, build_server, watch_readiness
from shared.runtime.rpc.validation import ValidationInterceptor

__all__ = [
    "DeadlineInterceptor",
    "GuardInterceptor",
    "IdentityInterceptor",
    "RpcServer",
    "ValidationInterceptor",
    "VerifyPartnerKey",
    "build_server",
    "call_metadata",
    "current_principal",
    "from_rpc_error",
    "open_channel",
    "require",
    "standard_interceptors",
    "time_left",
    "translated_errors",
    "watch_readiness",
]


def standard_interceptors(
    verifier: TokenVerifier,
    *,
    partner_keys: VerifyPartnerKey | None = None,
    public: Collection[str] = (),
    large_requests: Mapping[str, int] | None = None,
) -> list[grpc.aio.ServerInterceptor]:
    """Return guard, deadline, identity and validation in this order.

    partner_keys  verifies (kid, secret) of `authorization: PolkuKey`; None refuses such keys
    public        full names ("/pkg.Service/Method") that need no credentials, besides health and reflection
    large_requests  methods whose requests may have more than 64 kB (GuardInterceptor); the server takes them too
    """
    return [
        GuardInterceptor(large_requests),
        DeadlineInterceptor(),
        IdentityInterceptor(verifier, partner_keys=partner_keys, public=public),
        ValidationInterceptor(),
    ]
