"""A live source: one feed, read in a thread of its own, as events in the consumer's."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

from newsreel.core.errors import UsageError
from newsreel.ingest.videos import open_video
from newsreel.live.address import Address, shown
from newsreel.live.arrivals import Arrival, Broken, Counts
from newsreel.live.backlog import Backlog, Ended
from newsreel.live.options import SourceOptions
from newsreel.live.reading import Reading

__all__ = ["LiveSource", "SourceOptions"]

_PATIENCE_S = 0.5


class LiveSource:
    """A file played at its rate, a pipe, or an address that FFmpeg opens: HTTP and HLS, RTSP, RTMP, UDP, RTP, TCP.

    A file and a pipe end. A network address is connected to again, with waits that grow, also where the first try
    fails: a feed may start later. RTMP and RTSP that are pushed are received where the address ends in `?listen=1`.

    Raises UsageError for an address that makes no sense or a file that is not there, UnreadableError for a file that is
    no video. That what comes out of a pipe is none is known when it comes: `events` raises it.
    """

    def __init__(self, address: str, options: SourceOptions | None = None) -> None:
        options = options or SourceOptions()
        self._name = shown(address)
        self._address = Address.of(address)
        _refuse_unreadable(self._address, self._name, options)
        self._closed = Event()
        self._backlog = Backlog(options.max_behind_s)
        self._reading = Reading(self._address, options, self._backlog, self._closed)
        self._thread: Thread | None = None
        self._ended = False

    @property
    def name(self) -> str:
        """The address for people: without passwords or tokens."""
        return self._name

    @property
    def counts(self) -> Counts:
        """The account so far; asked for in any thread."""
        reading = self._reading
        return Counts(
            received=reading.received,
            dropped=self._backlog.dropped + reading.skipped,
            damaged=reading.damaged,
            reconnects=reading.reconnects,
            fps=reading.fps,
            ended=self._ended,
        )

    def events(self) -> Iterator[Arrival | Broken | None]:
        """What arrives, in order; None where nothing came for half a second. Once: it starts the reading."""
        if self._thread is not None:
            raise RuntimeError("the events of a live source are read once")
        self._thread = Thread(target=self._reading.run, name=f"live {self._name}", daemon=True)
        self._thread.start()
        try:
            while not self._closed.is_set():
                yield self._backlog.take(_PATIENCE_S)
        except Ended:
            pass
        finally:
            self._ended = True
            self.close()

    def close(self) -> None:
        """Ends the events; from any thread. A connection is let go of at its next packet, or when it has stalled."""
        self._closed.set()
        self._backlog.forget()


def _refuse_unreadable(address: Address, name: str, options: SourceOptions) -> None:
    path = address.path
    if path is None or path.is_fifo():
        return
    if not path.is_file():
        raise UsageError(f"{name}: there is no such file; give a file, an address (rtsp://…), or - for standard input")
    with open_video(path, options.connect_s):
        pass
