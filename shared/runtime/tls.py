"""Mutual TLS between services: each shows a certificate of the city's own authority, which names the service.

POLKU_TLS_CERT_FILE (chain), POLKU_TLS_KEY_FILE and POLKU_TLS_CA_FILE, in PEM, all three or none. The certificate's
subject alternative names hold the name under which others call the service and the service's name ("matching"): a
token of a service is taken only from a connection whose certificate names that service.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import grpc

from shared.runtime.env import SettingsError, existing_path, setting


@dataclass(frozen=True)
class Tls:
    """The three files. Servers read them again when they change; channels read them when they are opened."""

    certificate: Path
    key: Path
    authority: Path

    def server_credentials(self) -> grpc.ServerCredentials:
        """For a server that refuses whoever has no certificate of the authority."""
        return grpc.dynamic_ssl_server_credentials(
            self._configuration(),
            self._when_changed(),  # type: ignore[arg-type]  # None is an answer too: "as before"
            require_client_authentication=True,
        )

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """For a channel to such a server."""
        return grpc.ssl_channel_credentials(
            self.authority.read_bytes(), self.key.read_bytes(), self.certificate.read_bytes()
        )

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        pairs = [(self.key.read_bytes(), self.certificate.read_bytes())]
        return grpc.ssl_server_certificate_configuration(pairs, self.authority.read_bytes())

    def _stamp(self) -> tuple[int, ...]:
        return tuple(path.stat().st_mtime_ns for path in (self.certificate, self.key, self.authority))

    def _when_changed(self) -> Callable[[], grpc.ServerCertificateConfiguration | None]:
        """Asked at every handshake: the new configuration, or None while the old one holds."""
        seen = [self._stamp()]

        def changed() -> grpc.ServerCertificateConfiguration | None:
            try:
                stamp = self._stamp()
                found = self._configuration() if stamp != seen[0] else None
            except OSError:
                return None  # half-replaced: the next handshake looks again
            seen[0] = stamp
            return found

        return changed


@dataclass(frozen=True, kw_only=True)
class TlsSettings:
    """The settings of a process that calls services or is called by them."""

    tls_cert_file: Path | None = setting("POLKU_TLS_CERT_FILE", default=None, parse=existing_path)
    tls_key_file: Path | None = setting("POLKU_TLS_KEY_FILE", default=None, parse=existing_path)
    tls_ca_file: Path | None = setting("POLKU_TLS_CA_FILE", default=None, parse=existing_path)

    @property
    def tls(self) -> Tls | None:
        """The three files; None where none is named. Raises SettingsError for one or two of three."""
        match (self.tls_cert_file, self.tls_key_file, self.tls_ca_file):
            case (None, None, None):
                return None
            case (Path() as certificate, Path() as key, Path() as authority):
                return Tls(certificate, key, authority)
        raise SettingsError(
            ("POLKU_TLS_CERT_FILE, POLKU_TLS_KEY_FILE and POLKU_TLS_CA_FILE: give all three, or none.",)
        )
