"""Mutual TLS between services."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.kernel.errors import Unauthenticated, Unavailable
from shared.runtime.env import SettingsError
from shared.runtime.rpc.client import open_channel
from shared.runtime.tls import Tls, TlsSettings
from tests.integration.shared.grpc_sample import Echo
from tests.integration.shared.rpc_harness import SIGNER, failure, serving

PEM = serialization.Encoding.PEM


class Authority:
    """A certificate authority of its own."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.certificate = self._signed(self.name, self.key.public_key(), [], ca=True)

    def issue(self, folder: Path, *names: str) -> Tls:
        """Write a certificate for these names, with its key and the authority's own."""
        folder.mkdir(exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = self._signed(subject, key.public_key(), [x509.DNSName(name) for name in names])
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / "key.pem").write_bytes(private)
        (folder / "cert.pem").write_bytes(certificate.public_bytes(PEM))
        (folder / "ca.pem").write_bytes(self.certificate.public_bytes(PEM))
        return Tls(folder / "cert.pem", folder / "key.pem", folder / "ca.pem")

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, names: list[x509.GeneralName], *, ca: bool = False
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())


AUTHORITY = Authority()


async def answer(port: int, tls: Tls | None) -> str:
    """Call with a service token of the gateway."""
    async with open_channel(f"localhost:{port}", SIGNER, tls=tls) as channel:
        return (await Echo(channel).call("Unary", "hello"))[0]


async def test_services_with_certificates_of_the_authority_talk(tmp_path: Path) -> None:
    """Both sides show a certificate; the caller's names the service whose token it sends."""
    own, caller = AUTHORITY.issue(tmp_path / "own", "localhost"), AUTHORITY.issue(tmp_path / "caller", "gateway")
    async with serving(lambda text: text, tls=own) as server:
        assert await answer(server.port, caller) == "hello"


async def test_nobody_else_gets_an_answer(tmp_path: Path) -> None:
    """No certificate, and one of another authority: the connection does not come about."""
    own = AUTHORITY.issue(tmp_path / "own", "localhost")
    stranger = Authority().issue(tmp_path / "stranger", "gateway")
    trusting = Tls(stranger.certificate, stranger.key, own.authority)
    async with serving(lambda text: text, tls=own) as server:
        for tls in (None, stranger, trusting):
            assert isinstance(await failure(answer(server.port, tls)), Unavailable)


async def test_a_token_is_taken_only_from_the_service_it_names(tmp_path: Path) -> None:
    """Openings' certificate with the gateway's token: whoever has got hold of the token cannot use it."""
    own, other = AUTHORITY.issue(tmp_path / "own", "localhost"), AUTHORITY.issue(tmp_path / "other", "openings")
    async with serving(lambda text: text, tls=own) as server:
        assert isinstance(await failure(answer(server.port, other)), Unauthenticated)


async def test_a_new_certificate_counts_without_a_restart(tmp_path: Path) -> None:
    """The server reads its files again when they have changed: callers who trust only the new authority get in."""
    own, caller = AUTHORITY.issue(tmp_path / "own", "localhost"), AUTHORITY.issue(tmp_path / "caller", "gateway")
    async with serving(lambda text: text, tls=own) as server:
        assert await answer(server.port, caller) == "hello"
        renewed = Authority()
        renewed.issue(tmp_path / "own", "localhost")
        later = renewed.issue(tmp_path / "later", "gateway")
        for path in (own.certificate, own.key, own.authority):
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000_000))
        assert await answer(server.port, later) == "hello"


def test_the_files_are_given_together(tmp_path: Path) -> None:
    """All three or none; one or two say what is missing."""
    own = AUTHORITY.issue(tmp_path / "own", "localhost")
    assert TlsSettings(tls_cert_file=None, tls_key_file=None, tls_ca_file=None).tls is None
    assert TlsSettings(tls_cert_file=own.certificate, tls_key_file=own.key, tls_ca_file=own.authority).tls == own
    with pytest.raises(SettingsError, match="all three"):
        _ = TlsSettings(tls_cert_file=own.certificate, tls_key_file=None, tls_ca_file=None).tls
