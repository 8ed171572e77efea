"""An address taken apart, and requests to it as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote_plus, urlsplit

import orjson

from newsreel import __version__
from newsreel.core.errors import UsageError
from newsreel.ops.loadtest.plan import Target, Traffic
from newsreel.ops.loadtest.shapes import SHAPES
from newsreel.ops.loadtest.texts import Writer

__all__ = ["Address", "Requests"]

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int
    tls: bool
    path: str
    """Empty where the address names none."""

    @classmethod
    def of(cls, url: str) -> Address:
        """Raises UsageError where it is none of HTTP."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise UsageError(f"{url!r} is no address ({error})") from error
        if parts.scheme not in ("http", "https") or not host:
            raise UsageError(f"{url!r} is no address: one looks like http://127.0.0.1:8420")
        if parts.username is not None:
            raise UsageError("an address with a password in it would be reported: give it as a --header")
        path = parts.path.rstrip("/") and parts.path + (f"?{parts.query}" if parts.query else "")
        tls = parts.scheme == "https"
        return cls(host, port or (443 if tls else 80), tls, path)

    @property
    def authority(self) -> str:
        """For the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.authority}{self.path.partition('?')[0]}"


class Requests:
    """Requests as they go over the wire, one after the other, for ever."""

    def __init__(self, target: Target, traffic: Traffic, seed: int) -> None:
        """To one server. Raises UsageError."""
        address = Address.of(target.url)
        self._endpoint = SHAPES[traffic.shape][traffic.task]
        self._path = address.path or self._endpoint.path
        self._traffic = traffic
        self._writer = Writer(traffic, seed)
        self._headers = _headers(address.authority, target.headers)

    @property
    def path(self) -> str:
        """That is asked for."""
        return self._path

    def of(self, window: int) -> Iterator[bytes]:
        """With texts of the mix."""
        return self._with(self._writer.texts(window), self._traffic.texts_each, window)

    def long(self, window: int) -> Iterator[bytes]:
        """With one long text in each."""
        return self._with(self._writer.long(window), 1, window)

    def _with(self, texts: Iterator[str], each: int, window: int) -> Iterator[bytes]:
        body, queries = self._endpoint.body, self._writer.queries(window)
        if body is None:
            return map(self._get, texts)
        fields = self._traffic.fields
        return (self._post({**body(query, list(islice(texts, each))), **fields}) for query in queries)

    def _get(self, query: str) -> bytes:
        joined = "&" if "?" in self._path else "?"
        return f"GET {self._path}{joined}q={quote_plus(query)} HTTP/1.1\r\n{self._headers}\r\n".encode()

    def _post(self, content: Mapping[str, object]) -> bytes:
        body = orjson.dumps(content)
        head = f"POST {self._path} HTTP/1.1\r\n{self._headers}content-length: {len(body)}\r\n\r\n"
        return head.encode() + body


def _headers(authority: str, given: Mapping[str, str]) -> str:
    for name, value in given.items():
        if not _NAME.fullmatch(name) or not value.isprintable():
            raise UsageError(f"the header {name!r} cannot be sent: a name, and a value on one line, are expected")
    headers = {
        "host": authority,
        "user-agent": f"newsreel/{__version__}",
        "accept": "application/json",
        "content-type": "application/json",
        **{name.lower(): value for name, value in given.items()},
    }
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
