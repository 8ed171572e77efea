"""TLS, from the files that the settings name."""

from __future__ import annotations

import ssl
from pathlib import Path

from newsreel.core.errors import UsageError
from newsreel.settings import Settings

__all__ = ["tls_context"]


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """How the service proves who it is, and whom it lets in; None without a certificate. Raises UsageError.

    TLS 1.2 and 1.3, with the ciphers that Python chooses.
    """
    if settings.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _prove(context, settings.tls_certificate, settings.tls_key)
    if settings.tls_client_ca is not None:
        _ask_of_clients(context, settings.tls_client_ca)
    return context


def _prove(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    for path, setting in ((certificate, "CERTIFICATE"), (key, "KEY")):
        _check_readable(path, setting)
    pair = f"the certificate in {certificate} and the key in {key or certificate}"
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except _LockedKeyError as error:
        raise UsageError(
            f"the key in {key or certificate} asks for a password: store it without one, readable by the service alone"
        ) from error
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise UsageError(f"{pair} do not belong together: NEWSREEL_TLS_KEY names the certificate's own") from error
        raise UsageError(f"{pair} cannot be read ({_why(error)}): both are PEM, with BEGIN and END lines") from error


def _ask_of_clients(context: ssl.SSLContext, issuers: Path) -> None:
    _check_readable(issuers, "CLIENT_CA")
    try:
        context.load_verify_locations(issuers)
    except ssl.SSLError as error:
        raise UsageError(
            f"the issuers in {issuers} cannot be read ({_why(error)}): they are certificates, as PEM"
        ) from error
    context.verify_mode = ssl.CERT_REQUIRED


def _check_readable(path: Path | None, setting: str) -> None:
    if path is None:
        return
    try:
        path.open("rb").close()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): NEWSREEL_TLS_{setting} names a file") from error


def _why(error: ssl.SSLError) -> str:
    return (error.reason or "no PEM in it").lower().replace("_", " ")


class _LockedKeyError(Exception):
    """The key's file asks for a password, and nobody is there to be asked."""


def _no_password() -> str:
    raise _LockedKeyError
