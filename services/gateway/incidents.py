"""Errors of ours: logged with an incident id, answered with that id and nothing else."""

import secrets

from shared.kernel.errors import Internal
from shared.runtime.log import get_logger

_log = get_logger("gateway")


def internal(error: Exception, where: str) -> Internal:
    """Log an uncaught exception and return what the client may know of it."""
    incident = secrets.token_hex(4)
    _log.error("request.failed", where=where, incident=incident, exc_info=error)
    message = f"Something went wrong on our side. Tell us the incident {incident} if it happens again."
    return Internal("INTERNAL", message, metadata={"incident": incident})
