"""The service behind TLS, and what is said of files that do not fit."""

from __future__ import annotations

import datetime
import ssl
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.listening import listening

from newsreel.core.errors import UsageError
from newsreel.service.state import State
from newsreel.service.tls import tls_context
from newsreel.settings import Settings


@dataclass(frozen=True)
class Identity:
    """A certificate that signs itself, and its key."""

    certificate: Path
    key: Path


def identity(folder: Path, name: str, password: bytes | None = None) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    made = Identity(folder / f"{name}.pem", folder / f"{name}.key")
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kept = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    made.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kept))
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def ours(folder: Path) -> Identity:
    return identity(folder, "service")


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Identity:
    return identity(folder, "client")


def test_who_has_a_certificate_of_the_issuer_is_let_in(ours: Identity, theirs: Identity) -> None:
    settings = Settings(tls_certificate=ours.certificate, tls_key=ours.key, tls_client_ca=theirs.certificate)
    trusting = ssl.create_default_context(cafile=ours.certificate)
    known = ssl.create_default_context(cafile=ours.certificate)
    known.load_cert_chain(theirs.certificate, theirs.key)
    with listening(State(), settings) as port:
        address = f"https://localhost:{port}/healthz"
        with urllib.request.urlopen(address, context=known) as answer:
            assert answer.status == 200
        with pytest.raises(OSError, match=r"(?i)certificate.required|reset|closed"):
            urllib.request.urlopen(address, context=trusting)


def test_without_an_issuer_anybody_may_connect_by_a_version_that_is_safe(ours: Identity, folder: Path) -> None:
    both = folder / "both.pem"
    both.write_bytes(ours.key.read_bytes() + ours.certificate.read_bytes())
    context = tls_context(Settings(tls_certificate=both))
    assert context is not None
    assert context.verify_mode == ssl.CERT_NONE
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_without_a_certificate_there_is_no_tls() -> None:
    assert tls_context(Settings()) is None
    with pytest.raises(ValueError, match="NEWSREEL_TLS_CERTIFICATE"):
        Settings(tls_key=Path("key.pem"))


def test_files_that_do_not_fit_are_named(ours: Identity, theirs: Identity, folder: Path) -> None:
    locked = identity(folder, "locked", password=b"secret")
    text = folder / "notes.txt"
    text.write_text("nothing")
    wrong = {
        "do not belong together": {"tls_certificate": ours.certificate, "tls_key": theirs.key},
        "without one": {"tls_certificate": locked.certificate, "tls_key": locked.key},
        "BEGIN and END": {"tls_certificate": text, "tls_key": ours.key},
        "NEWSREEL_TLS_CERTIFICATE": {"tls_certificate": folder / "gone.pem", "tls_key": ours.key},
        "NEWSREEL_TLS_KEY": {"tls_certificate": ours.certificate, "tls_key": folder / "gone.pem"},
        "NEWSREEL_TLS_CLIENT_CA": {"tls_certificate": ours.certificate, "tls_key": ours.key, "tls_client_ca": folder},
        "issuers in .*notes.txt": {"tls_certificate": ours.certificate, "tls_key": ours.key, "tls_client_ca": text},
        r"key in .*service.pem": {"tls_certificate": ours.certificate},
    }
    for said, settings in wrong.items():
        with pytest.raises(UsageError, match=said):
            tls_context(Settings(**settings))
