"""Alerts and dashboard name what exists, are what Prometheus reads, and fire when they should and not otherwise."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.routing import iter_route_contexts

from newsreel import telemetry
from newsreel.service.application import create_app
from newsreel.service.state import State

ROOT = Path(__file__).parents[2]
PROMETHEUS, GRAFANA = ROOT / "deploy/prometheus", ROOT / "deploy/grafana/newsreel.json"
RUNBOOK = ROOT / "docs/howto/operate.md"

WORDS = {"and", "or", "unless", "by", "on", "without", "ignoring", "group_left", "group_right", "bool", "offset"}
SCRAPED = {"job", "instance"}


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def board() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(GRAFANA.read_text(encoding="utf-8"))
    return found


def shown() -> list[str]:
    """The dashboard's expressions, as Grafana sends them."""
    annotations = [each["expr"] for each in board()["annotations"]["list"] if "expr" in each]
    queries = [target["expr"] for panel in board()["panels"] for target in panel.get("targets", ())]
    return [expression.replace("$__rate_interval", "5m") for expression in [*queries, *annotations]]


def expressions() -> list[str]:
    return [*(rule["expr"] for rule in alerts()), *shown()]


@dataclass(frozen=True)
class Named:
    """What an expression names: metrics with the labels they are matched by, and labels that are grouped by."""

    metrics: dict[str, set[str]]
    grouped: set[str]

    @classmethod
    def by(cls, expression: str) -> Named:
        bare = re.sub(r'"[^"]*"', '""', expression)
        groups = re.findall(r"\b(?:by|on|without|ignoring|group_left) \(([^)]*)\)", bare)
        grouped = {label.strip() for group in groups for label in group.split(",")}
        bare = re.sub(r"\b(by|on|without|ignoring|group_left) \([^)]*\)", "", re.sub(r"\[[^]]*\]", "", bare))
        metrics: dict[str, set[str]] = {}
        for name, matchers in re.findall(r"\b([a-z_]\w*)\b(?!\s*\()(?:\{([^}]*)\})?(?![^{]*\})", bare):
            if name not in WORDS:
                metrics.setdefault(name, set()).update(re.findall(r"(\w+)\s*[=!]", matchers))
        return cls(metrics, grouped)


def measured() -> dict[str, set[str]]:
    """Every series that `/metrics` can have, and its labels; and Prometheus's own word on whether it answers.

    Of a process among several its place is told with what it takes.
    """
    found: dict[str, set[str]] = {"up": set()}
    for collector, names in telemetry._REGISTRY._collector_to_names.items():
        for name in names:
            found[name] = set(getattr(collector, "_labelnames", ())) | ({"le"} if name.endswith("_bucket") else set())
    for family in telemetry._REGISTRY.collect():
        place = {"process"} if family.name.startswith("process_") else set()
        for sample in family.samples:
            found.setdefault(sample.name, place | set(sample.labels))
    return found


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_and_label_exists(expression: str) -> None:
    named, exists = Named.by(expression), measured()
    assert named.metrics, "an expression names something"
    for metric, labels in named.metrics.items():
        assert metric in exists, metric
        assert labels <= exists[metric] | SCRAPED, metric
    assert named.grouped <= set().union(SCRAPED, *(exists[metric] for metric in named.metrics))


def test_legends_name_labels_that_are_left() -> None:
    exists = measured()
    for target in (target for panel in board()["panels"] for target in panel.get("targets", ())):
        named = Named.by(target["expr"])
        left = named.grouped or SCRAPED.union(*(exists[metric] for metric in named.metrics))
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= left, target["expr"]


def test_what_is_named_is_read_out_of_an_expression() -> None:
    named = Named.by('sum by (job, le) (rate(a_total{b="c{d}", e!~"f"}[5m])) / on (job) g > 1 unless h{i="j"} == 2')
    assert named.metrics == {"a_total": {"b", "e"}, "g": set(), "h": {"i"}}
    assert named.grouped == {"job", "le"}


def test_every_route_that_is_named_is_one() -> None:
    paths = [str(each.path) for each in iter_route_contexts(create_app(State()).routes)]
    for named in {found for each in expressions() for found in re.findall(r'route[=!]~?"([^"]*)"', each)}:
        for alternative in named.split("|"):
            assert any(re.fullmatch(alternative, path) for path in paths), alternative


def test_every_alert_is_in_the_runbook() -> None:
    chapters = set(re.findall(r"^### (\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE))
    assert {rule["alert"] for rule in alerts()} == chapters
    for rule in alerts():
        assert rule["annotations"]["runbook"] == f"{RUNBOOK.relative_to(ROOT).as_posix()}#{rule['alert'].lower()}"


def test_the_dashboards_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board()["panels"]:
        place = panel["gridPos"]
        cells = {(x + place["x"], y + place["y"]) for x in range(place["w"]) for y in range(place["h"])}
        assert not taken & cells and max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in board()["panels"]}) == len(board()["panels"])


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool") or shutil.which(ROOT / "build/prometheus/usr/bin/promtool")
    return found or pytest.skip("promtool is missing: tests/deploy/install-prometheus fetches Debian's")


def passes(promtool: str, *command: str | Path) -> None:
    done = subprocess.run([promtool, *command], cwd=PROMETHEUS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_prometheus_reads_its_configuration(promtool: str) -> None:
    passes(promtool, "check", "config", "prometheus.yml")


def test_prometheus_reads_what_the_dashboard_asks(promtool: str, tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(shown())]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}))
    passes(promtool, "check", "rules", tmp_path / "rules.yml")


def test_alerts_fire_and_do_not(promtool: str) -> None:
    passes(promtool, "test", "rules", "alerts.test.yml")
    told = (PROMETHEUS / "alerts.test.yml").read_text(encoding="utf-8")
    assert all(f'alertname="{rule["alert"]}"' in told for rule in alerts()), "each of them fires there"
