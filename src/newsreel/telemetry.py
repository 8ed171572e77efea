"""What a running Newsreel says about itself: metric definitions, structured logs.

Every metric and every bucket is in this file. Neither metrics nor logs carry what was searched for or found, but for
the action `search`, which is logged where the operator wants it (`Settings.log_texts`).
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import orjson
import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from structlog.typing import EventDict

from newsreel import _processes, traces

__all__ = [
    "METRICS_TYPE",
    "batch",
    "configure_logging",
    "failed",
    "live_feed",
    "live_shot",
    "log",
    "metrics",
    "phase",
    "redis",
    "remembered",
    "request",
    "restarted",
    "serve_metrics",
    "truncated",
    "waited",
]

METRICS_TYPE = CONTENT_TYPE_LATEST

Labelled = TypeVar("Labelled", Counter, Histogram)

_LEVELS = logging.getLevelNamesMapping()

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAG_SECONDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 30.0)
_ROWS = (1, 2, 4, 8, 16, 32, 64)
_PARTS = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_REGISTRY = CollectorRegistry()
"""Our own, so that importing this module twice, or beside another user of the default one, is harmless."""

_FOLDER = _processes.kept_in()
_TOLD = _REGISTRY if _FOLDER is None else _processes.together(_FOLDER)
"""Where this is one of several processes, what any of them tells is of all."""

ProcessCollector(registry=_REGISTRY)
PlatformCollector(registry=_REGISTRY)
GCCollector(registry=_REGISTRY)

_REQUESTS = Counter(
    "newsreel_requests", "Answered requests by route template and status", ["route", "status"], registry=_REGISTRY
)
_REQUEST_SECONDS = Histogram(
    "newsreel_request_seconds", "Time to answer a request", ["route"], buckets=_SECONDS, registry=_REGISTRY
)
_PHASE_SECONDS = Histogram(
    "newsreel_phase_seconds",
    "Time in one phase: of a search names, embed, bm25, vector, fuse, fetch, render; of models tokenise, infer, encode",
    ["phase"],
    buckets=_SECONDS,
    registry=_REGISTRY,
)
_TRUNCATED = Counter("newsreel_truncated_texts", "Texts of which a model read only the beginning", registry=_REGISTRY)
_ANSWERS = Counter(
    "newsreel_answers",
    "Texts that were asked of a model with a memory, by task and whether the memory knew (known, new)",
    ["task", "memory"],
    registry=_REGISTRY,
)
_REDIS = Counter(
    "newsreel_redis_answers",
    "Answers in Redis, by what became of them: known, new, late (not told in time), away (not asked for), kept",
    ["outcome"],
    registry=_REGISTRY,
)
_QUEUE_SECONDS = Histogram(
    "newsreel_queue_seconds",
    "From when a text was asked for to when its first row is read",
    ["task"],
    buckets=_SECONDS,
    registry=_REGISTRY,
)
_BATCH_ROWS = Histogram("newsreel_batch_rows", "Rows that shared a batch", ["task"], buckets=_ROWS, registry=_REGISTRY)
_BATCH_FILL = Histogram(
    "newsreel_batch_fill", "Part of a batch that is text, not padding", ["task"], buckets=_PARTS, registry=_REGISTRY
)
_TOKENS = Counter("newsreel_tokens", "Tokens read", ["task"], registry=_REGISTRY)
_FAILURES = Counter("newsreel_failures", "Failures by cause (the error's class)", ["cause"], registry=_REGISTRY)
_RESTARTS = Counter("newsreel_restarts", "Processes of the service that took a dead one's place", registry=_REGISTRY)

_LIVE_LAG_SECONDS = Histogram(
    "newsreel_live_lag_seconds",
    "From the arrival of the next shot's first picture to the event of the shot that ended",
    ["feed"],
    buckets=_LAG_SECONDS,
    registry=_REGISTRY,
)
_LIVE_SHOTS = Counter("newsreel_live_shots", "Shots of a feed that ended", ["feed"], registry=_REGISTRY)
_LIVE_FRAMES = Counter("newsreel_live_frames", "Pictures of a feed that came", ["feed"], registry=_REGISTRY)
_LIVE_DROPPED = Counter("newsreel_live_dropped_frames", "Of these: dropped, to keep up", ["feed"], registry=_REGISTRY)
_LIVE_RECONNECTS = Counter(
    "newsreel_live_reconnects", "How often a feed was connected to again", ["feed"], registry=_REGISTRY
)
_LIVE_FPS = Gauge(
    "newsreel_live_fps",
    "Pictures a second of a feed, of late",
    ["feed"],
    multiprocess_mode="livemostrecent",
    registry=_REGISTRY,
)


@cache
def _of(metric: Labelled, *labels: str) -> Labelled:
    """A metric with its labels, of which there are few; to look for it each time costs more than to count."""
    return metric.labels(*labels)


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Time the block as one phase, whether it succeeds or not; a span of the request that it is for."""
    start = time.perf_counter()
    try:
        with traces.span(name):
            yield
    finally:
        _of(_PHASE_SECONDS, name).observe(time.perf_counter() - start)


def request(route: str, status: int, seconds: float, key: str | None = None) -> None:
    """Count one answered request. `route` is the template (`/v1/items/{uri}`), never the address itself.

    `key`: the name of the key that it came with. It is logged only: there may be many.
    """
    _of(_REQUESTS, route, str(status)).inc()
    _of(_REQUEST_SECONDS, route).observe(seconds)
    log("request", route=route, status=status, seconds=round(seconds, 4), **({"key": key} if key else {}))


def failed(error: BaseException, *, unforeseen: bool = False) -> None:
    """Count a failure by its class. An unforeseen one is logged with where it happened.

    Its message is not logged: it may quote what was searched for.
    """
    cause = type(error).__name__
    _FAILURES.labels(cause=cause).inc()
    if unforeseen:
        frames = traceback.extract_tb(error.__traceback__)
        at = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        log("failed", level="error", cause=cause, at=at)
    else:
        log("failed", level="warning", cause=cause)


def truncated(texts: int, max_tokens: int) -> None:
    """Count texts that were longer than their model reads, of which the rest was left out."""
    _TRUNCATED.inc(texts)
    log("truncated", level="warning", texts=texts, max_tokens=max_tokens)


def remembered(task: str, known: int, new: int) -> None:
    """Count texts that a model was asked about, of which so many were known from before."""
    _of(_ANSWERS, task, "known").inc(known)
    _of(_ANSWERS, task, "new").inc(new)


def redis(outcome: str, answers: int) -> None:
    """Count answers that the second memory was asked for, or not, or was given."""
    _REDIS.labels(outcome=outcome).inc(answers)


def waited(task: str, seconds: float) -> None:
    """Count how long a text waited for its turn."""
    _of(_QUEUE_SECONDS, task).observe(seconds)


def batch(task: str, *, rows: int, tokens: int, padded: int) -> None:
    """Count a batch: its rows, its tokens, and how many these are with their padding."""
    _of(_BATCH_ROWS, task).observe(rows)
    _of(_BATCH_FILL, task).observe(tokens / padded)
    _of(_TOKENS, task).inc(tokens)


def restarted() -> None:
    """Count this process as one that took the place of another that died."""
    _RESTARTS.inc()


def live_shot(feed: str, lag_s: float | None) -> None:
    """Count a shot of a feed, told so late; None of one that ended with its stretch of the feed."""
    _LIVE_SHOTS.labels(feed=feed).inc()
    if lag_s is not None:
        _LIVE_LAG_SECONDS.labels(feed=feed).observe(lag_s)


def live_feed(feed: str, *, fps: float, frames: int, dropped: int, reconnects: int) -> None:
    """How a feed is doing: its rate, and what came, was dropped and connected again since this was last told."""
    _LIVE_FPS.labels(feed=feed).set(fps)
    _LIVE_FRAMES.labels(feed=feed).inc(frames)
    _LIVE_DROPPED.labels(feed=feed).inc(dropped)
    _LIVE_RECONNECTS.labels(feed=feed).inc(reconnects)


@contextmanager
def serve_metrics(port: int) -> Iterator[int]:
    """Answer `GET /metrics` on this port of the loopback address, 0 for a free one, meanwhile. Raises OSError."""
    server, thread = start_http_server(port, addr="127.0.0.1", registry=_TOLD)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def metrics() -> bytes:
    """All metrics in the Prometheus text format, of type `METRICS_TYPE`."""
    return generate_latest(_TOLD)


def log(action: str, *, level: str = "info", **fields: object) -> None:
    """One log line. Silent until `configure_logging` was called, so that a library user's output stays theirs.

    What cannot be written (a full disk, a pipe that nobody reads any more) is left out: nothing fails for its log.
    """
    if structlog.is_configured():
        with suppress(OSError, ValueError):
            structlog.get_logger().log(_LEVELS[level.upper()], action, **fields)


def configure_logging(level: str = "info") -> None:
    """Send this process's logs, other libraries' included, to stderr as JSON lines with `action`.

    Of what other libraries put into their lines only numbers are kept, at any level: the rest may be a query. Uvicorn's
    access log stays off: it would write down every one. Give uvicorn `log_config=None`.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.EventRenamer("action"),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_without_texts)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _without_exception, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("uvicorn.access").disabled = True
    structlog.configure(  # not by way of `logging`: a line for each request would cost more than all else about it
        processors=[_as_line],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        logger_factory=lambda *_: structlog.BytesLogger(sys.stderr.buffer),  # whichever that is by then
    )


def _as_line(_logger: object, level: str, event: EventDict) -> bytes:
    """All that is done with a line of ours, in one step: one by one they cost as much again as to write it."""
    time = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    line = {**event, "logger": "newsreel", "level": level, "time": time, "action": event["event"]}
    del line["event"]
    try:
        return orjson.dumps(line, default=str)
    except TypeError:  # a text that no encoding has, or a number too large
        return json.dumps(line, default=str).encode()


def _without_texts(record: logging.LogRecord) -> bool:
    """Of another library's line its own words are kept: what it fills in, or adds in further lines, may be a query."""
    record.msg, record.args = _own_words(record), None
    return True


def _own_words(record: logging.LogRecord) -> str:
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    words, filled_in = record.msg.partition("\n")[0], record.args
    try:
        if isinstance(filled_in, Mapping):
            return words % {name: _number(value) for name, value in filled_in.items()}
        return words % tuple(map(_number, filled_in)) if filled_in else words
    except (TypeError, ValueError, KeyError):
        return words


def _number(value: object) -> object:
    return value if isinstance(value, int | float) else "…"


def _without_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Of another library's exception only the class is kept: its message may quote a query."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple) and error[0] is not None:
        event["cause"] = error[0].__name__
    return event
