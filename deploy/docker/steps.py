"""Make the image's contents without a container engine, serve from them, and say what they weigh.

Usage: python -m deploy.docker.steps [--build-context artifacts=FOLDER] [--build-arg NAME=VALUE]... [--into FOLDER]

The RUN and COPY lines are the Dockerfile's own. What this cannot show: the base image's libraries are this machine's,
and its root is not read-only. Where this runs as root, and others may run its Python, the service runs as the image's
user, who may write nothing in it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.docker.building import Builder, context_of, size
from deploy.docker.dockerfile import Stage, read
from deploy.docker.service import free_port, started
from deploy.docker.weighing import Weighed, weigh

HERE = Path(__file__).parent
UNWANTED = {"torch", "tensorflow", "tensorflow-cpu", "transformers", "sentence-transformers", "onnx", "scipy"}


def main() -> None:
    """Run it."""
    asked = _options()
    with TemporaryDirectory(prefix="newsreel-image-") as scratch:
        root = asked.into or Path(scratch)
        root.mkdir(mode=0o755, exist_ok=True)
        root.chmod(0o755)  # the image's user is another
        ready = {name: Path(folder).resolve() for name, folder in asked.build_context}
        builder = Builder(context_of(HERE.parents[1], root / "context"), root, dict(asked.build_arg), ready)
        last = builder.build(read((HERE / "Dockerfile").read_text(encoding="utf-8")))
        environment = builder.environment(last.name)
        _say_layers(builder, last.name)
        _say_weights(weigh(builder.prefix / "bin/python", environment))
        _serve(last, builder, environment)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for option, means in (("arg", "NAME=VALUE"), ("context", "NAME=FOLDER")):
        parser.add_argument(
            f"--build-{option}",
            metavar=means,
            action="append",
            default=[],
            type=_pair,
            help="as a container engine has it",
        )
    parser.add_argument("--into", type=Path, help="an empty folder to make it in, and to leave it there")
    return parser.parse_args()


def _pair(given: str) -> tuple[str, str]:
    name, _, value = given.partition("=")
    return name, value


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _megabytes(number: int) -> str:
    return f"{number / 1e6:7.1f} MB"


def _say_layers(builder: Builder, last: str) -> None:
    _say("\nlayers above the base image")
    for layer in builder.layers[last]:
        _say(f"  {_megabytes(layer.bytes)}  COPY {layer.instruction.text}")
    _say(f"  {_megabytes(size(builder.prefix))}  in all")


def _say_weights(weighed: Sequence[Weighed]) -> None:
    if unwanted := {each.name for each in weighed} & UNWANTED:
        raise RuntimeError(f"the image would hold {', '.join(sorted(unwanted))}")
    _say(f"\n{len(weighed)} distributions, no torch; the heaviest, and what a service with its models open imports")
    for each in weighed[:24]:
        _say(f"  {_megabytes(each.bytes)}  {each.name}{'' if each.imported else '  (not imported)'}")
    rest = [each for each in weighed if not each.imported]
    _say(f"  {_megabytes(sum(each.bytes for each in rest))}  not imported, {len(rest)} distributions")


def _others_may_run(program: Path) -> bool:
    """Whether this is root, and an interpreter that is not only root's."""
    return os.geteuid() == 0 and all(folder.stat().st_mode & 0o001 for folder in program.resolve().parents)


def _serve(last: Stage, builder: Builder, environment: dict[str, str]) -> None:
    entry, user = last.last("ENTRYPOINT"), last.last("USER")
    if entry is None or user is None:
        raise RuntimeError("the Dockerfile says neither who runs it nor what")
    program = [str(builder.prefix / "bin" / entry.words({})[0]), *entry.words({})[1:]]
    uid = int(user.text.partition(":")[0]) if _others_may_run(builder.root / "bin/python") else None
    port = free_port()
    # As SageMaker starts it: the entry point with one argument, its environment, and no other word.
    told = {"NEWSREEL_CLOUD": "sagemaker", "SAGEMAKER_BIND_TO_PORT": str(port)}
    with started([*program, "serve"], environment | told, port, uid) as service:
        _say(f"\nready in {service.ready_s:.1f} s as user {uid or os.geteuid()}, {_megabytes(service.resident_bytes)}")
        status, answer = service.ask("/v1/entities", {"texts": ["Angela Merkel visited Oslo."]})
        _say(f"POST /v1/entities: {status} {answer}")
        if status != 200 or not answer["results"]:
            raise RuntimeError("it does not find entities")
        status, answer = service.ask("/ping")
        _say(f"GET /ping: {status}")
        if status != 200:
            raise RuntimeError("SageMaker would not take it")
    _say("ended in order on SIGTERM")


if __name__ == "__main__":
    main()
