"""What an application serves, from when it loads to when it drains."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from newsreel import telemetry
from newsreel.app import Newsreel, Serving
from newsreel.core.errors import DrainingError, LoadingError, NewsreelError, NotFoundError
from newsreel.inference import Inference
from newsreel.names.redact import PersonalData
from newsreel.service.live_room import LiveRoom

__all__ = ["State"]


class State:
    """Loading, then serving, then draining. Thread-safe."""

    def __init__(self, serving: Serving | None = None) -> None:
        """Serve this; of None, nothing until `load` has it."""
        self._serving: Serving | None = None
        self._live: LiveRoom | None = None
        self._failed: Exception | None = None
        self._draining = False
        if serving is not None:
            self._serve(serving)

    def load(self, opened: Callable[[], Serving]) -> threading.Thread:
        """Open what is to be served, in a thread of its own. What goes wrong is raised from then on to who asks."""
        thread = threading.Thread(target=self._load, args=[opened], name="newsreel-loading", daemon=True)
        thread.start()
        return thread

    @property
    def failed(self) -> Exception | None:
        """Why nothing could be opened."""
        return self._failed

    @property
    def newsreel(self) -> Newsreel:
        """The archive. Raises LoadingError; NotFoundError where none is served."""
        newsreel = self._opened().newsreel
        if newsreel is None:
            raise NotFoundError("no archive is served here, only models")
        return newsreel

    @property
    def live(self) -> LiveRoom:
        """Where its live feeds are watched. Raises as `newsreel`."""
        if self._live is None:
            raise self._nothing()
        return self._live

    @property
    def inference(self) -> Inference:
        """The models. Raises LoadingError; NotFoundError where none are served."""
        inference = self._opened().inference
        if inference is None:
            raise NotFoundError("no models are served here")
        return inference

    @property
    def personal_data(self) -> PersonalData:
        """How people are named in what is answered. Raises LoadingError."""
        return self._opened().personal_data

    def ready(self) -> None:
        """Raise NewsreelError unless it could answer now, and will be able to for a while."""
        if self._draining:
            raise DrainingError
        newsreel = self._opened().newsreel
        if newsreel is not None:
            newsreel.ready()

    def drain(self) -> None:
        """Not ready from now on, so that nobody sends more; what is asked all the same is answered."""
        self._draining = True

    def close(self) -> None:
        """End what has no end of its own."""
        self._draining = True
        if self._live is not None:
            self._live.close()

    def end(self) -> None:
        """Return when all that was asked of the models has been answered. They are asked nothing more."""
        if self._serving is not None and self._serving.inference is not None:
            self._serving.inference.close()

    def _load(self, opened: Callable[[], Serving]) -> None:
        try:
            self._serve(opened())
            _settle()  # now, for whoever opened it may have said that it is there
        except Exception as error:  # noqa: BLE001  # told to whoever asks, and to who waits for the thread
            telemetry.failed(error, unforeseen=not isinstance(error, NewsreelError))
            self._failed = error

    def _serve(self, serving: Serving) -> None:
        self._live = LiveRoom(serving.newsreel) if serving.newsreel else None
        self._serving = serving

    def _opened(self) -> Serving:
        if self._serving is None:
            raise self._nothing()
        return self._serving

    def _nothing(self) -> NewsreelError:
        if isinstance(self._failed, NewsreelError):
            return self._failed
        return LoadingError() if self._serving is None else NotFoundError("no archive is served here, only models")


def _settle() -> None:
    """Keep the collector of garbage from what is there for good: each time it looked, answers waited for 100 ms."""
    gc.collect()
    gc.freeze()
