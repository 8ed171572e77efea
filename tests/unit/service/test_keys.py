"""The file of keys: what it says, what becomes of it, and the command that makes it."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs
from tests.commands import run

from newsreel.core.errors import UsageError
from newsreel.service import keys as subject
from newsreel.service.keys import Keys, line_of, new_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.txt"


@pytest.fixture
def looking_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_LOOK_EVERY_S", 0.0)


def owner(keys: Keys, key: str) -> str | None:
    return keys.owner(key.encode())


def write(file: Path, text: str) -> None:
    """In place of the file, as who deploys it does."""
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def test_a_key_is_its_owners_and_nobody_elses(file: Path) -> None:
    first, second = new_key(), new_key()
    write(file, f"# the desk\n\n{line_of('desk', first)}  # since March\n{line_of('search-page', second)}\n")
    keys = Keys(file)
    for _ in range(2):  # the second time it is known
        assert owner(keys, first) == "desk"
        assert owner(keys, second) == "search-page"
        for wrong in ("", first[:-1], first + "x", line_of("desk", first).split()[1], "é"):
            assert owner(keys, wrong) is None


def test_a_key_is_long_random_and_not_in_the_file() -> None:
    key = new_key()
    assert len({key, *(new_key() for _ in range(100))}) == 101
    assert len(key.removeprefix("newsreel_")) == 43  # 256 bits of base64
    assert key not in line_of("desk", key)


def test_a_changed_file_counts_at_once(file: Path, looking_always: None) -> None:
    old, new = new_key(), new_key()
    write(file, line_of("desk", old))
    keys = Keys(file)
    assert owner(keys, old) == "desk"
    write(file, f"{line_of('desk', old)}\n{line_of('desk', new)}\n")
    assert owner(keys, old) == owner(keys, new) == "desk"
    write(file, line_of("desk", new))
    assert owner(keys, old) is None
    assert owner(keys, new) == "desk"
    write(file, "")
    assert owner(keys, new) is None


def test_it_is_not_looked_at_with_every_request(file: Path) -> None:
    old = new_key()
    write(file, line_of("desk", old))
    keys = Keys(file)
    file.unlink()
    with patch.object(subject, "_look", side_effect=AssertionError):
        assert owner(keys, old) == "desk"


@pytest.mark.parametrize("damage", ["gone", "line"])
def test_of_a_file_that_became_unreadable_the_last_word_counts(file: Path, looking_always: None, damage: str) -> None:
    key, pasted = new_key(), new_key()
    write(file, line_of("desk", key))
    keys = Keys(file)
    if damage == "gone":
        file.unlink()
    else:
        write(file, f"desk {pasted}")
    with patch("structlog.is_configured", return_value=True), capture_logs() as logs:
        assert owner(keys, key) == "desk"
        assert owner(keys, pasted) is None
    assert [each["event"] for each in logs] == ["failed", "keys_unreadable"], "once, and not with each request"
    assert pasted not in str(logs)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("desk", "line 1 is not a name and a hash"),
        ("# desk\n\ndesk sha256:123", "line 3 has no hash"),
        ("desk secret-key", "line 1 has no hash"),
        ("the desk sha256:" + "0" * 64, "line 1 is not a name and a hash"),
        (None, "NEWSREEL_API_KEYS"),
    ],
)
def test_what_is_no_file_of_keys_is_refused_without_quoting_it(file: Path, text: str | None, said: str) -> None:
    if text is not None:
        write(file, text)
    with pytest.raises(UsageError, match=said) as refused:
        Keys(file)
    assert "secret" not in str(refused.value)


def test_the_command_makes_keys_that_count(file: Path) -> None:
    made = run("keys", "new", "desk", "--file", str(file)).out.strip()
    write(file, file.read_text().rstrip("\n"))  # as some editors leave it
    shown = run("keys", "new", "search-page").out.splitlines()
    assert [line.split()[0] for line in shown] == ["key:", "line:"]
    with file.open("a") as more:
        more.write("\n" + shown[1].removeprefix("line: "))
    third = run("keys", "new", "desk", "--file", str(file)).out.strip()
    assert run("keys", "check", str(file)).out.split() == ["desk", "search-page", "desk"]
    keys = Keys(file)
    assert [owner(keys, each) for each in (made, shown[0].split()[1], third)] == ["desk", "search-page", "desk"]
    assert run("keys", "new", "the desk").code == 2


def test_the_command_says_whose_a_key_is(file: Path) -> None:
    key = new_key()
    write(file, line_of("desk", key))
    assert run("keys", "check", str(file), "--whose", stdin=f"{key}\n".encode()).out == "desk\n"
    assert run("keys", "check", str(file), "--whose", stdin=b"another\n").code == 1
