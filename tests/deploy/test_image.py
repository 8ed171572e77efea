"""The image: who runs it, what is in it and in what order; and that what makes it without a container is true to it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from deploy.docker import ready
from deploy.docker.building import Builder, context_of
from deploy.docker.dockerfile import Stage, read
from deploy.docker.service import free_port
from tests.listening import listening

from newsreel.app import Serving
from newsreel.service.state import State
from newsreel.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "deploy/docker"
STAGES = read((DOCKER / "Dockerfile").read_text(encoding="utf-8"))
IMAGE = STAGES[-1]


def said(word: str, stage: Stage = IMAGE) -> str:
    found = stage.last(word)
    assert found is not None, f"the Dockerfile has no {word}"
    return found.text


def test_every_base_is_one_exact_python() -> None:
    bases = {stage.base for stage in STAGES} - {stage.name for stage in STAGES} - {"scratch"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", bases.pop())


def test_who_runs_it_is_not_root_and_is_said_last() -> None:
    user, group = said("USER").split(":")
    assert int(user) >= 10_000 and int(group) >= 10_000  # a number: orchestrators cannot look up a name
    after = IMAGE.instructions[[each.word for each in IMAGE.instructions].index("USER") :]
    assert not {each.word for each in after} & {"RUN", "COPY", "ADD"}


def test_it_can_be_run_with_the_one_word_serve_and_be_stopped() -> None:
    entry, command = IMAGE.last("ENTRYPOINT"), IMAGE.last("CMD")
    assert entry is not None and entry.words({}) == ["newsreel"]
    assert command is not None and command.words({})[0] == "serve"
    assert said("LABEL") == "com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true"  # it listens where told
    assert said("STOPSIGNAL") == "SIGTERM"
    assert said("HEALTHCHECK").endswith('CMD ["ready"]')


def test_what_changes_least_lies_lowest() -> None:
    copied = [each.flags.get("from", "") for each in IMAGE.instructions if each.word == "COPY"]
    assert copied[:3] == ["dependencies", "artifacts", "package"]


def test_torch_is_in_no_stage_that_the_image_is_copied_from() -> None:
    assert "making" not in IMAGE.needs
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    served = ",".join(each for each in project["optional-dependencies"] if each in ("openvino", "otel", "redis"))
    done = subprocess.run(
        [sys.executable, DOCKER / "requirements.py", served], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {re.match(r"[\w.-]+", line)[0] for line in done.stdout.splitlines()}  # type: ignore[index]
    assert {"onnxruntime", "openvino", "redis", "opentelemetry-sdk"} <= names
    assert not names & {"torch", "tensorflow", "transformers", "onnx"}


def test_what_is_run_writes_below_the_working_folder_or_prefix() -> None:
    for stage in STAGES:
        for each in stage.instructions:
            if each.word == "RUN":
                assert not re.findall(r"(?<![\w}$\"./:-])/\w+|\.\./", re.sub(r"https?://\S+", "", each.text)), each.text


def test_what_is_copied_is_let_in_and_nothing_else_is(tmp_path: Path) -> None:
    context = context_of(ROOT, tmp_path / "context")
    for stage in STAGES:
        for each in stage.instructions:
            if each.word == "COPY" and "from" not in each.flags:
                for source in each.words({"PREFIX": "/p"})[:-1]:
                    assert (context / source).exists(), source
    assert {each.name for each in context.iterdir()} == {
        "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "src", "deploy",
    }  # fmt: skip
    assert not list(context.rglob("__pycache__"))


SMALL = """\
# A comment, and a line that goes on
FROM python:3.11.15-slim AS first
ARG PREFIX=/opt/small
ARG GREETING=hello
WORKDIR /build
COPY a.txt b.txt ./
RUN mkdir -p "$PREFIX/bin" \\
    && printf '%s %s' "$GREETING" "$(cat a.txt)" > "$PREFIX/bin/said" && echo made > made.txt

FROM first AS never
RUN exit 1

FROM scratch AS brought
COPY --from=never / /

FROM python:3.11.15-slim
ARG PREFIX=/opt/small
ENV PATH="$PREFIX/bin:$PATH" KIND=image
COPY --from=first $PREFIX $PREFIX
COPY --from=brought / $PREFIX/share
COPY --from=first /build/made.txt $PREFIX/share/
COPY --chmod=755 b.txt $PREFIX/bin/run
"""


def test_a_dockerfiles_stages_are_made_as_an_engine_would(tmp_path: Path) -> None:
    context, given = tmp_path / "context", tmp_path / "given"
    for path, text in {
        context / "a.txt": "there",
        context / "b.txt": "#!/bin/sh\n",
        given / "m/card.toml": "x",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    builder = Builder(context, tmp_path / "root", {"GREETING": "hi"}, {"brought": given})
    last = builder.build(read(SMALL))
    made = {path.relative_to(builder.prefix).as_posix() for path in builder.prefix.rglob("*") if path.is_file()}
    assert made == {"bin/said", "bin/run", "share/m/card.toml", "share/made.txt"}
    assert (builder.prefix / "bin/said").read_text() == "hi there"
    assert (builder.prefix / "bin/run").stat().st_mode & 0o777 == 0o755
    assert [layer.bytes for layer in builder.layers[last.name]] == [8, 1, 5, 10]
    environment = builder.environment(last.name)
    assert environment["PATH"].startswith(f"{builder.prefix}/bin:") and environment["KIND"] == "image"


def test_a_stage_that_several_need_is_made_once(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    for name in ("a.txt", "b.txt"):
        (context / name).write_text(name)
    builder = Builder(context, tmp_path / "root", {}, {})
    builder.build(read(SMALL.replace("RUN exit 1", "RUN echo later >> made.txt")))
    assert (builder.prefix / "share/build/made.txt").read_text() == "made\nlater\n"
    assert (builder.prefix / "share/made.txt").read_text() == "made\n"


def test_a_step_that_fails_ends_it(tmp_path: Path) -> None:
    builder = Builder(tmp_path, tmp_path / "root", {}, {})
    with pytest.raises(subprocess.CalledProcessError):
        builder.build(read("FROM scratch\nRUN false; true\n"))


@pytest.mark.parametrize("tls", [False, True])
def test_its_health_is_the_services_own_word(tls: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSREEL_PORT", str(free_port()))
    assert "no answer" in str(ready.main())
    settings = with_certificate(tmp_path, monkeypatch) if tls else Settings()
    for state, wrong in ((State(), "LoadingError"), (State(Serving(None)), None)):
        with listening(state, settings) as port:
            monkeypatch.setenv("NEWSREEL_PORT", str(port))
            found = ready.main()
            assert found is None if wrong is None else wrong in str(found)


def with_certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    kept = ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=newsreel"]
    subprocess.run(["openssl", "req", "-x509", *kind, *kept], check=True, capture_output=True)
    monkeypatch.setenv("NEWSREEL_TLS_CERTIFICATE", str(folder / "certificate.pem"))
    monkeypatch.setenv("NEWSREEL_TLS_KEY", str(folder / "key.pem"))
    return Settings()
