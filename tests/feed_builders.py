"""Feeds made on the spot, on loopback: what `newsreel.live` reads is spoken by real protocols."""

from __future__ import annotations

import functools
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

from newsreel.live.arrivals import Arrival, Broken
from newsreel.live.source import LiveSource
from tests.film_builders import number_of, write_film

LOOPBACK = "127.0.0.1"
_DATAGRAM_BYTES = 7 * 188
_PUSH = """
import sys, time, av
film, url, muxer = sys.argv[1:]
options = {"rtsp_transport": "tcp"} if muxer == "rtsp" else {}
for _ in range(200):
    try:
        with av.open(film) as read, av.open(url, "w", format=muxer, options=options) as out:
            stream = out.add_stream_from_template(read.streams.video[0])
            out.start_encoding()
            for packet in read.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    out.mux(packet)
        break
    except (av.FFmpegError, OSError):
        time.sleep(0.02)
"""


def transport_stream(folder: Path, *, frames: int = 10, first: int = 0, at_s: float = 0.0) -> bytes:
    """Pictures with the numbers from `first` on, 25 a second from `at_s` on; the first is a keyframe."""
    stamps = [int(at_s * 1000) + 40 * number for number in range(frames)]
    path = write_film(folder / "feed.ts", frames=frames, first_number=first, stamps=stamps, gop=5, muxer="mpegts")
    return path.read_bytes()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """One that nobody listens at."""
    with socket.socket(socket.AF_INET, kind) as asked:
        asked.bind((LOOPBACK, 0))
        return int(asked.getsockname()[1])


def events(source: LiveSource, until: Callable[[list[Arrival | Broken]], bool], limit_s: float = 8.0) -> list:
    """What comes until that holds, or the source ends; the source is closed. Fails when it takes too long."""
    found: list[Arrival | Broken] = []
    deadline_s = time.monotonic() + limit_s
    try:
        for event in source.events():
            assert time.monotonic() < deadline_s, f"only {found} after {limit_s} s"
            if event is not None:
                found.append(event)
                if until(found):
                    break
    finally:
        source.close()
    return found


def arrivals(found: list) -> list[Arrival]:
    """Those of them that are pictures."""
    return [event for event in found if isinstance(event, Arrival)]


def broken(found: list) -> list[str]:
    """Why it broke off, each time."""
    return [event.why for event in found if isinstance(event, Broken)]


def numbers(found: list) -> list[int]:
    """What the pictures tell."""
    return [number_of(arrival.small) for arrival in arrivals(found)]


@contextmanager
def tcp_server(*replies: bytes, port: int = 0, holds: bool = False) -> Iterator[int]:
    """Gives each one that connects the next of these and hangs up, or says nothing more (`holds`); its port."""
    with socket.create_server((LOOPBACK, port)) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            for reply in replies:
                try:
                    client, _ = server.accept()
                except OSError:  # closed
                    return
                client.sendall(reply)
                held.append(client) if holds else client.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for client in held:
                client.close()


@contextmanager
def rtsp_camera(data: bytes) -> Iterator[str]:
    """Plays this transport stream to one who asks, by RTP within the RTSP connection; its address."""
    with socket.create_server((LOOPBACK, 0)) as server:
        url = f"rtsp://{LOOPBACK}:{server.getsockname()[1]}/camera"

        def serve() -> None:
            client, _ = server.accept()
            with client, client.makefile("rwb") as wire:
                while (request := _rtsp_request(wire)) is not None:
                    _rtsp_reply(wire, *request)
                    if request[0] == "PLAY":
                        break
                for count, at in enumerate(range(0, len(data), _DATAGRAM_BYTES)):
                    payload = data[at : at + _DATAGRAM_BYTES]
                    rtp = struct.pack(">BBHII", 0x80, 33, count, count * 900, 7)
                    wire.write(struct.pack(">BBH", ord("$"), 0, len(rtp + payload)) + rtp + payload)
                wire.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield url
        finally:
            thread.join()


def _rtsp_request(wire: IO[bytes]) -> tuple[str, str] | None:
    """What is asked, and the number of the asking."""
    lines: list[str] = []
    while line := wire.readline().decode().strip():
        lines.append(line)
    numbers = [line.split(":")[1].strip() for line in lines if line.lower().startswith("cseq")]
    return (lines[0].split()[0], numbers[0]) if lines else None


def _rtsp_reply(wire: IO[bytes], asked: str, number: str) -> None:
    about = {
        "OPTIONS": "Public: DESCRIBE, SETUP, PLAY\r\n",
        "DESCRIBE": "Content-Type: application/sdp\r\n",
        "SETUP": "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n",
        "PLAY": "Session: 1\r\n",
    }[asked]
    body = "v=0\r\nm=video 0 RTP/AVP 33\r\na=control:one\r\n" if asked == "DESCRIBE" else ""
    head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{about}Content-Length: {len(body)}\r\n\r\n"
    wire.write((head + body).encode())
    wire.flush()


@contextmanager
def udp_sender(data: bytes, port: int, every_s: float = 0.005) -> Iterator[None]:
    """Sends it in datagrams, over and over."""
    stop = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while not stop.is_set():
                for at in range(0, len(data), _DATAGRAM_BYTES):
                    out.sendto(data[at : at + _DATAGRAM_BYTES], (LOOPBACK, port))
                    stop.wait(every_s)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """The folder by HTTP; its address."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), functools.partial(Silent, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def pushed(film: Path, url: str, muxer: str) -> Iterator[None]:
    """Another process sends the film's pictures there as soon as somebody listens. PyAV connects with the GIL held."""
    with subprocess.Popen([sys.executable, "-c", _PUSH, str(film), url, muxer], stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()
