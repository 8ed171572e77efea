"""A body of JSON as both clouds send it: many records and what holds for all of them, or one of them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from newsreel.core.errors import UsageError
from newsreel.service.clouds.records import Asking, parsed
from newsreel.service.clouds.tasks import task_named

__all__ = ["answer_json"]


async def answer_json(asking: Asking, body: bytes) -> object:
    """`{"instances"}` gets `{"predictions"}`, `{"inputs"}` a list, and one record, or a body of ours, its answer.

    Beside instances and inputs may stand `parameters`: a `task`, and fields of its own route. All are answered, or the
    whole is refused. Raises NewsreelError, RequestValidationError.
    """
    given = parsed(body)
    if isinstance(given, dict) and "instances" in given:
        return {"predictions": await _with(asking, given).all(_listed(given["instances"], "instances"))}
    if isinstance(given, dict) and "inputs" in given and "inputs" not in asking.task.asked.model_fields:
        inputs = given["inputs"]
        return await _with(asking, given).all([inputs] if isinstance(inputs, str) else _listed(inputs, "inputs"))
    return await asking.one(given)


def _with(asking: Asking, given: Mapping[str, object]) -> Asking:
    parameters = given.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise UsageError('\'parameters\' is to be an object, as {"over_length": "error"}')
    task = task_named(parameters["task"]) if "task" in parameters else asking.task
    return replace(asking, task=task, parameters={**asking.parameters, **parameters})


def _listed(records: object, name: str) -> list[object]:
    if not isinstance(records, list) or not records:
        raise UsageError(f"'{name}' is to be a list of one or more")
    return records
