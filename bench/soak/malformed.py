"""Requests that schemathesis makes of the OpenAPI document, right and wrong: `python -m bench.soak.malformed`.

A process of its own: what it costs to make them is no concern of the load's.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import requests
import schemathesis
from bench.soak.books import OWN
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

__all__ = ["Found", "probe"]

ENDLESS = "/v1/live/events"
"""Whose answer has no end; it is asked and left by others."""

_CHECKS = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
_TIMEOUT_S = 30.0
_FORESEEN = {429, 504}
"""Of failures: too much is asked, or it is not done by when the caller wants it."""

_OURS = "x-content-type-options"
"""A header of all that the application answers. What is no HTTP does not get as far."""


@dataclass
class Found:
    """What came of it."""

    sent: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """Of what the application answered, as far as it is in the books (see `books.OWN`)."""
    turned_away: int = 0
    """Those that were no HTTP."""
    problems: dict[str, str] = field(default_factory=dict)
    """The first of each."""


def probe(address: str, key: str, *, examples: int, seconds: float, first_seed: int) -> Found:
    """Ask for everything, so many examples of each operation, again and again until the seconds are over."""
    found, until_s = Found(), time.monotonic() + seconds
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {key}"
        document = session.get(f"{address}/openapi.json", timeout=_TIMEOUT_S).json()
        found.sent, found.statuses["200"] = 1, 1  # the document
        schema = schemathesis.openapi.from_dict(document)
        load_all_checks()
        operations = [each for each in (one.ok() for one in schema.get_all_operations()) if each.path != ENDLESS]
        for number in count():
            for operation in operations:
                _ask(operation, session, address, found, examples, first_seed + number)
            if time.monotonic() >= until_s:
                break
    return found


def _ask(operation: Any, session: requests.Session, address: str, found: Found, examples: int, number: int) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def each(case: Any) -> None:
            _judge(case, session, address, found)

        with suppress(Unsatisfiable):  # what takes no parameters cannot be given wrong ones
            each()


def _judge(case: Any, session: requests.Session, address: str, found: Found) -> None:
    found.sent += 1
    about = f"{case.method} {case.operation.path}"
    try:
        answer = case.call(base_url=address, session=session, timeout=_TIMEOUT_S)
    except requests.RequestException as error:
        found.problems.setdefault(f"{about}: {type(error).__name__}", str(error)[:300])
        return
    if _OURS not in answer.headers:
        found.turned_away += 1
        return
    if case.operation.path not in OWN:
        found.statuses[str(answer.status_code)] += 1
    if answer.status_code >= 500 and answer.status_code not in _FORESEEN:
        found.problems.setdefault(f"{about}: {answer.status_code}", case.as_curl_command()[:1000])
    try:
        case.validate_response(answer, checks=CHECKS.get_by_names(_CHECKS))
    except FailureGroup as failures:
        for failure in failures.exceptions:
            found.problems.setdefault(
                f"{about}: {failure.title}", f"{failure.message}\n{case.as_curl_command()}"[:1000]
            )


def main() -> int:
    """With an address, a number of examples, seconds and a seed; the key comes in the environment."""
    address, examples, seconds, first_seed = sys.argv[1:]
    found = probe(
        address, os.environ["SOAK_KEY"], examples=int(examples), seconds=float(seconds), first_seed=int(first_seed)
    )
    print(json.dumps(vars(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
