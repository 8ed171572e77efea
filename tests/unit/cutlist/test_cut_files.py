"""What is written is written whole, and what cannot be is said before the film is cut."""

from __future__ import annotations

import errno
import os
import resource
import threading
from pathlib import Path

import pytest

from newsreel.core.errors import UsageError
from newsreel.cutlist import check_file, check_folder, write_whole


def test_a_file_is_replaced_whole_and_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "cuts.edl", tmp_path / "link.edl"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cuts.edl", "link.edl"]


def test_where_there_is_no_room_the_old_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "cuts.edl"
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="nothing was written there") as caught:
            write_whole(target, bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (caught.value.errno, caught.value.filename) == (errno.EFBIG, str(target))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"cuts.edl": b"old"}


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"cuts")
    reader.join(10)
    assert read == [b"cuts"]
    assert pipe.is_fifo()
    out, into = os.pipe()
    write_whole(Path(f"/dev/fd/{into}"), b"cuts")  # a shell's `>(program)`, or /dev/stdout in front of a `|`
    os.close(into)
    with os.fdopen(out, "rb") as piped:
        assert piped.read() == b"cuts"


def test_what_cannot_be_written_is_said_with_the_remedy(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    other = tmp_path / "other.mp4"
    other.hardlink_to(film)
    for path, remedy in (
        (tmp_path / "none" / "cuts.edl", "there is no folder .*none: make it first"),
        (tmp_path, "name a file"),
        (film, "the film itself"),
        (other, "the film itself"),
    ):
        with pytest.raises(UsageError, match=remedy):
            check_file(path, film)
    check_file(tmp_path / "cuts.edl", film)
    for folder, remedy in ((film, "a file; name a folder"), (tmp_path / "none" / "stills", "make it first")):
        with pytest.raises(UsageError, match=remedy):
            check_folder(folder)
    check_folder(tmp_path / "stills")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_without_permission_it_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UsageError, match="no permission"):
            check_file(tmp_path / "cuts.edl", tmp_path / "film.mp4")
        with pytest.raises(UsageError, match="no permission"):
            check_folder(tmp_path)
    finally:
        tmp_path.chmod(0o700)
