"""Where a feed is: a file, a pipe or a network address; what FFmpeg is told for each, and what people may see of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import av

from newsreel.core.errors import UsageError
from newsreel.ingest.videos import DEMUXERS, MAX_PIXELS

__all__ = ["Address", "shown"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_PIPE = re.compile(r"-|pipe:(\d*)")
_LISTEN = re.compile(r"([?&])listen=1(&|$)")
_SEGMENTED = "hls,webvtt,aac,ac3,eac3,mp3"
_FOR_ALL = {
    "max_pixels": str(MAX_PIXELS),
    "enable_drefs": "0",  # a QuickTime file may name other files as its media
    "analyzeduration": "1000000",  # microseconds: what is missing by then (sound, mostly) is not waited for
    "fpsprobesize": "2",  # pictures, for their rate; a broadcast stream would be watched for twenty
}


@dataclass(frozen=True, slots=True)
class _Road:
    """What is special about a scheme. Only these protocols and formats are opened, whatever a playlist says."""

    protocols: str
    formats: str
    options: dict[str, str] = field(default_factory=dict)
    asks: bool = True
    """Whether connecting asks something of a server, so that trying again must not be a nuisance."""
    patience: int = 1
    """How many times longer than elsewhere it may be silent."""
    optional: bool = False
    """Whether FFmpeg is often built without it."""


_LOCAL = _Road("file", f"{DEMUXERS},nut,yuv4mpegpipe")
_HTTP = _Road(
    "http,https,httpproxy,tcp,tls,crypto",
    f"{DEMUXERS},{_SEGMENTED},mpjpeg",
    {"live_start_index": "-1"},  # the newest segment: a player would begin with the third from the end
    patience=4,  # a playlist is as old as its last segment is long
)
_RTSP = _Road(
    "rtsp,rtp,srtp,tcp,tls,udp",
    "rtsp,sdp,rtp,mpegts",
    {"rtsp_transport": "tcp", "allowed_media_types": "video+subtitle"},  # UDP would lose packets, and stop at a router
)
_RTMP = _Road("rtmp,rtmps,rtmpt,rtmpts,ffrtmphttp,http,https,tcp,tls", "flv,live_flv")
_DATAGRAMS = {"fifo_size": "50000", "overrun_nonfatal": "1", "buffer_size": "4194304"}
_ROADS = {
    "http": _HTTP,
    "https": _HTTP,
    "rtsp": _RTSP,
    "rtsps": _RTSP,
    **dict.fromkeys(("rtmp", "rtmps", "rtmpt", "rtmpts"), _RTMP),
    "udp": _Road("udp", "mpegts", _DATAGRAMS, asks=False),
    "rtp": _Road("rtp,udp", "rtp,mpegts,sdp", _DATAGRAMS, asks=False),
    "tcp": _Road("tcp", f"{DEMUXERS},nut"),
    "srt": _Road("srt", "mpegts", {"transtype": "live"}, optional=True),
}


@dataclass(frozen=True, slots=True)
class Address:
    """One feed's address, understood."""

    url: str = field(repr=False)
    """What FFmpeg opens; empty for a file or a pipe, which it is given open."""
    path: Path | None
    """Of a file, or of a named pipe."""
    descriptor: int | None
    """Of a pipe that is open already."""
    listens: bool
    """Whether the feed connects to us."""
    _road: _Road = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Address:
        """Raises UsageError for a scheme that is not read, and for none at all."""
        if (pipe := _PIPE.fullmatch(text)) is not None:
            return cls("", None, int(pipe[1] or 0), False, _LOCAL)
        if (found := _SCHEME.fullmatch(text)) is not None and found[1].lower() != "file":
            return cls._network(text, found[1].lower(), found[2])
        path = text.removeprefix("file://").removeprefix("file:")
        if not path or "\0" in path:
            raise UsageError("a live source without a name: give a file, an address, or - for standard input")
        return cls("", Path(path), None, False, _LOCAL)

    @classmethod
    def _network(cls, text: str, scheme: str, rest: str) -> Address:
        if (road := _ROADS.get(scheme)) is None:
            known = ", ".join(_ROADS)
            raise UsageError(f"{scheme}: is not an address that live video is read from: use a file, -, or {known}")
        if not rest.strip("/@?"):
            raise UsageError(f"{scheme}:// without a host: write {scheme}://HOST:PORT/PATH")
        if road.optional and not _is_built(scheme):
            raise UsageError(
                f"the FFmpeg in this installation cannot open {scheme}:// addresses: let another program receive it "
                "and pass it on to udp://127.0.0.1:PORT"
            )
        listens = _LISTEN.search(rest) is not None and road in (_RTMP, _RTSP)
        url = _LISTEN.sub(lambda hit: hit[1] if hit[2] else "", text, count=1) if listens else text
        return cls(url, None, None, listens, road)

    @property
    def is_network(self) -> bool:
        """Whether it is connected to again when it breaks off; a file or a pipe ends."""
        return bool(self.url)

    @property
    def asks(self) -> bool:
        """Whether connecting asks something of a server."""
        return self._road.asks and not self.listens

    @property
    def patience(self) -> int:
        """How many times longer than elsewhere the feed may be silent: pictures may come by the segment."""
        return self._road.patience

    def options(self, connect_s: float) -> dict[str, str]:
        """What FFmpeg is told when it opens it."""
        road = self._road
        said = {**_FOR_ALL, **road.options, "protocol_whitelist": road.protocols, "format_whitelist": road.formats}
        if self.listens and road is _RTSP:
            return said | {"listen_timeout": str(max(1, round(connect_s)))}
        return said | {"listen": "1"} if self.listens else said


def shown(address: str) -> str:
    """The address for logs, events and errors: without passwords, and without what a query says (tokens, keys)."""
    if _PIPE.fullmatch(address):
        return "standard input" if address in ("-", "pipe:", "pipe:0") else address
    if (found := _SCHEME.fullmatch(address)) is None:
        return address
    open_part = re.sub(r"\?.*|#.*", lambda hit: "?…" if hit[0][0] == "?" else "", found[2], count=1, flags=re.DOTALL)
    return f"{found[1]}://{re.sub(r'^[^/]+@', '…@', open_part)}"


def _is_built(scheme: str) -> bool:
    """Whether FFmpeg knows the protocol. It is asked to open one that is then forbidden: nothing is connected to."""
    try:
        av.open(f"{scheme}://127.0.0.1:1", options={"protocol_whitelist": "none"}).close()
    except av.error.ProtocolNotFoundError:
        return False
    except (av.FFmpegError, OSError):
        return True
    return True
