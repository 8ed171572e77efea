"""Who is let in: keys, and the sites whose scripts may read answers."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from newsreel.service.application import create_app
from newsreel.service.keys import line_of, new_key
from newsreel.service.state import State
from newsreel.settings import Settings

KEY = new_key()
PATHS = ("/", "/v1/search?q=a", "/v1/models", "/metrics", "/openapi.json", "/static/page.css", "/nothing", "/healthz/")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("guard") / "keys.txt"
    file.write_text(line_of("desk", KEY))
    return file


@pytest.fixture(scope="module")
def guarded(file: Path) -> TestClient:
    return TestClient(create_app(State(), Settings(api_keys=file, cors_origins="https://desk.example")))


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer  {KEY}"},
        {"X-Api-Key": KEY},
        {"Authorization": basic("anybody", KEY)},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=x", "X-Api-Key": KEY},
    ],
)
def test_a_known_key_lets_in_however_it_is_sent(guarded: TestClient, headers: dict[str, str]) -> None:
    assert guarded.get("/metrics", headers=headers).status_code == 200
    assert guarded.get("/nothing", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": KEY},
        {"Authorization": f"Digest {KEY}"},
        {"Authorization": basic(KEY, "")},
        {"Authorization": "Basic %%%"},
        {"X-Api-Key": ""},
        {"X-Api-Key": line_of("desk", KEY).split()[1]},
    ],
)
def test_nothing_else_does(guarded: TestClient, headers: dict[str, str]) -> None:
    for path in PATHS:
        answer = guarded.get(path, headers=headers)
        assert answer.status_code == 401, path
        challenges = answer.headers.get_list("WWW-Authenticate")
        assert [each.split()[0] for each in challenges] == ["Bearer", "Basic"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert KEY not in answer.text
    assert guarded.post("/v1/embeddings", content=b"x" * 100, headers=headers).status_code == 401


def test_the_answer_says_what_to_do(guarded: TestClient) -> None:
    for headers, what in (({}, "needs a key"), ({"X-Api-Key": "x"}, "not known")):
        error = guarded.get("/v1/models", headers=headers).json()["error"]
        assert error["type"] == "AuthenticationError"
        assert what in error["message"]
        assert "newsreel keys new" in error["message"]
    page = guarded.get("/", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "password" in page.text


def test_probes_need_no_key_and_metrics_need_none_where_the_operator_says_so(
    file: Path, guarded: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guarded.get("/healthz").status_code == 200
    assert guarded.get("/readyz").status_code == 503  # nothing is loaded
    monkeypatch.setenv("AIP_HEALTH_ROUTE", "/alive")
    for settings, path in (
        (Settings(api_keys=file, open_metrics=True), "/metrics"),
        (Settings(api_keys=file, cloud="vertex"), "/alive"),
    ):
        client = TestClient(create_app(State(), settings))
        assert client.get(path).status_code != 401
        assert client.get("/v1/models").status_code == 401
        assert guarded.get(path).status_code == 401


def test_without_a_file_of_keys_anybody_is_let_in() -> None:
    assert TestClient(create_app(State(), Settings())).get("/metrics").status_code == 200


def test_the_log_has_the_keys_name_and_never_the_key(guarded: TestClient) -> None:
    with patch("structlog.is_configured", return_value=True), capture_logs() as logs:
        guarded.get("/metrics", headers={"X-Api-Key": KEY})
        guarded.head("/metrics", headers={"X-Api-Key": KEY})
        guarded.get("/metrics", headers={"X-Api-Key": KEY + "x"})
    assert [(each["status"], each.get("key")) for each in logs] == [(200, "desk"), (200, "desk"), (401, None)]
    assert KEY not in str(logs)


def test_the_document_says_how_a_key_is_sent(guarded: TestClient) -> None:
    document = guarded.get("/openapi.json", headers={"X-Api-Key": KEY}).json()
    schemes = document["components"]["securitySchemes"]
    assert [list(option) for option in document["security"]] == [[scheme] for scheme in schemes]
    probe, metrics = (document["paths"][path]["get"] for path in ("/healthz", "/metrics"))
    assert probe["security"] == [] and "401" not in probe["responses"]
    assert "security" not in metrics and "401" in metrics["responses"]
    assert "ErrorAnswer" in document["components"]["schemas"]


class TestOtherSites:
    def test_a_site_that_is_named_may_ask_and_read(self, guarded: TestClient) -> None:
        asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = "authorization,content-type,x-request-timeout-ms"
        before = guarded.options("/v1/embeddings", headers=asked)  # a browser sends no key with it
        assert before.status_code == 200
        assert before.headers["Access-Control-Allow-Origin"] == "https://desk.example"
        for headers, status in (({"X-Api-Key": KEY}, 200), ({}, 401)):
            answer = guarded.get("/metrics", headers={"Origin": "https://desk.example", **headers})
            assert answer.status_code == status
            assert answer.headers["Access-Control-Allow-Origin"] == "https://desk.example"
            assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
            assert "Access-Control-Allow-Credentials" not in answer.headers

    @pytest.mark.parametrize("origin", ["https://desk.example.evil", "http://desk.example", "null"])
    def test_another_may_not(self, guarded: TestClient, origin: str) -> None:
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        assert guarded.options("/v1/embeddings", headers=asked).status_code == 400
        answer = guarded.get("/metrics", headers={"Origin": origin, "X-Api-Key": KEY})
        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_by_default_none_may(self) -> None:
        client = TestClient(create_app(State(), Settings()))
        answer = client.get("/metrics", headers={"Origin": "https://desk.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]

    @pytest.mark.parametrize("origin", ["*", "desk.example", "https://desk.example/", "https://Desk.example", "null"])
    def test_what_no_browser_sends_is_refused(self, origin: str) -> None:
        with pytest.raises(ValueError, match="is no origin"):
            Settings(cors_origins=f"https://a.example,{origin}")
