"""Videos through the reader: with the files beside them, from folders and manifests."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.film_builders import write_film

from newsreel.core.item import Item, Kind, Status
from newsreel.core.times import FOREVER_NS, format_ns
from newsreel.ingest import names as names_module
from newsreel.ingest.reader import Reading, read
from newsreel.ingest.sidecars import belongs_to_video
from newsreel.ingest.sources import Ref, expand

VTT = "WEBVTT\n\n00:00.100 --> 00:00.300\nThe bridge is open.\n"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Headline="By XMP"'
    ' photoshop:City="Brackwater"/></rdf:RDF></x:xmpmeta>'
)
NEWSML = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g2" version="4"><itemMeta>'
    '<itemClass qcode="ninat:video"/><pubStatus qcode="stat:usable"/></itemMeta>'
    "<contentMeta><headline>By NewsML</headline></contentMeta></newsItem>"
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film whose container says its title and its rights."""
    said = {"title": "By the container", "copyright": "© Wire"}
    return write_film(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=6, metadata=said)


@pytest.fixture
def desk(clip: Path, tmp_path: Path) -> Path:
    """A folder with the film in it."""
    shutil.copy(clip, tmp_path / "clip.mp4")
    return tmp_path


def ninjs(**fields: object) -> str:
    return json.dumps({"uri": "urn:clip", "type": "video", **fields})


def all_readings(folder: Path) -> Iterator[Reading]:
    return (reading for source in expand([str(folder)]) for ref in source.refs() for reading in read(ref))


def readings(folder: Path) -> Iterator[Reading]:
    return (reading for reading in all_readings(folder) if not reading.beside)


def one(folder: Path) -> Reading:
    (reading,) = readings(folder)
    return reading


def item(folder: Path) -> Item:
    reading = one(folder)
    assert reading.item is not None, reading.cause
    return reading.item


def cues(found: Item) -> list[str]:
    assert found.film is not None
    return [cue.text for cue in found.film.cues]


def test_a_video_alone(desk: Path) -> None:
    found = item(desk)
    assert (found.uri, found.kind, found.headline) == ("file:clip.mp4", Kind.VIDEO, "By the container")
    assert found.film is not None
    assert (found.film.codec, found.loss, one(desk).thumbnail) == ("h264", "", None)


def test_what_lies_beside_a_video_is_nothing_of_its_own_and_says_so(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs())
    (desk / "clip.en.vtt").write_text(VTT)
    found = {Path(reading.location).name: reading for reading in all_readings(desk)}
    for name in ("clip.json", "clip.en.vtt"):
        assert found[name] == Reading(location=f"{desk}/./{name}", uri=f"file:{name}", input_hash="", beside=True)
    assert not found["clip.mp4"].beside


@pytest.mark.parametrize("name", ["clip.json", "clip.mp4.json", "clip.JSON"])
def test_a_description_speaks_before_the_container(name: str, desk: Path) -> None:
    (desk / name).write_text(ninjs(headline="By ninjs", version="3", embargoed="2999-01-01T00:00:00Z"))
    found = item(desk)
    assert (found.uri, found.headline, found.version, found.rights) == ("urn:clip", "By ninjs", "3", "© Wire")
    assert found.embargo_ns is not None
    assert found.media_path == str(desk / "clip.mp4")


@pytest.mark.parametrize(
    ("video", "sidecar"),
    [
        ("clip.mp4", "clip.Json"),
        ("clip.Mp4", "clip.json"),
        ("clip.MP4", "clip.jSON"),
        ("clip.Mp4", "clip.Mp4.Json"),
        ("clip.mp4", "clip.MP4.json"),
        ("clip.MP4", "clip.mp4.json"),
    ],
)
def test_capitals_in_suffixes_make_no_difference(video: str, sidecar: str, desk: Path) -> None:
    (desk / "clip.mp4").rename(desk / video)
    (desk / sidecar).write_text(ninjs(embargoed="2999-01-01T00:00:00Z"))
    (desk / "clip.En.Vtt").write_text(VTT)
    found = item(desk)
    assert (found.uri, found.media_path, cues(found)) == ("urn:clip", str(desk / video), ["The bridge is open."])
    assert found.embargo_ns is not None


def test_names_that_differ_in_capitals_are_two_videos_with_a_uri_each(desk: Path) -> None:
    shutil.copy(desk / "clip.mp4", desk / "clip.MP4")
    for name, uris in (("clip.json", {"urn:clip", "file:clip.MP4"}), ("clip.MP4.json", {"urn:clip", "file:clip.mp4"})):
        (desk / name).write_text(ninjs())
        assert {reading.uri for reading in readings(desk)} == uris
        (desk / name).unlink()


def test_newsml_before_xmp_before_the_container(desk: Path) -> None:
    (desk / "clip.xml").write_text(NEWSML)
    (desk / "clip.xmp").write_text(XMP)
    found = item(desk)
    assert (found.uri, found.version, found.headline) == ("urn:g2", "4", "By NewsML")
    assert (found.place, found.rights) == ("Brackwater", "© Wire")
    (desk / "clip.xml").unlink()
    assert item(desk).headline == "By XMP"


def test_a_description_may_say_nothing_but_an_embargo(desk: Path) -> None:
    (desk / "clip.json").write_text(json.dumps({"headline": "", "embargoed": "2999-01-01T00:00:00Z"}))
    found = item(desk)
    assert (found.headline, found.uri) == ("By the container", "file:clip.mp4")
    assert found.embargo_ns is not None


def test_of_two_descriptions_the_strictest_release_counts(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(headline="By ninjs", embargoed="2030-01-01T00:00:00Z"))
    (desk / "clip.mp4.json").write_text(ninjs(uri="urn:whole", embargoed="2040-01-01T00:00:00Z"))
    found = item(desk)
    assert (found.uri, found.headline) == ("urn:whole", "By ninjs")
    assert found.embargo_ns is not None
    assert format_ns(found.embargo_ns).startswith("2040")
    (desk / "clip.json").write_text(ninjs(pubstatus="withheld"))
    assert item(desk).status is Status.WITHHELD


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_a_kill_needs_no_decoding(status: str, desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(pubstatus=status))
    (desk / "clip.mp4").write_bytes((desk / "clip.mp4").read_bytes()[:600])  # which nobody could decode
    found = item(desk)
    assert (found.uri, found.status.value, found.film) == ("urn:clip", status, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("clip.json", "{"),
        ("clip.json", '{"some": "settings"}'),
        ("clip.json", ninjs(embargoed="soon")),
        ("clip.json", ninjs(embargo="2030-01-01T00:00:00Z")),
        ("clip.json", ninjs(pubstatus="perhaps")),
        ("clip.json", f"[{ninjs()}, {ninjs()}]"),
        ("clip.xml", "<newsItem"),
        ("clip.mp4.xml", "<?xml version='1.0'?><settings/>"),
    ],
)
def test_a_description_that_is_not_clear_holds_the_video_back(name: str, text: str, desk: Path) -> None:
    (desk / name).write_text(text)
    reading = one(desk)
    assert (reading.item, reading.hide, reading.uri) == (None, True, "file:clip.mp4")
    assert reading.cause.startswith(f"an embargo may be in its {name}")


def test_a_description_that_leads_nowhere_holds_the_video_back(desk: Path) -> None:
    (desk / "clip.json").symlink_to(desk / "gone.json")
    assert one(desk).hide


def test_a_failing_video_keeps_its_embargo_and_its_name(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(embargoed="2999-01-01T00:00:00Z"))
    (desk / "clip.mp4").write_bytes((desk / "clip.mp4").read_bytes()[:600])
    reading = one(desk)
    assert (reading.item, reading.hide, reading.uri) == (None, True, "urn:clip")


def test_a_story_under_a_videos_name_is_a_story(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(uri="urn:story", type="text", headline="A story", body_text="Its own text."))
    found = {reading.uri: reading.item for reading in readings(desk)}
    assert set(found) == {"urn:story", "file:clip.mp4"}
    story, video = found["urn:story"], found["file:clip.mp4"]
    assert story is not None
    assert video is not None
    assert (story.kind, video.headline) == (Kind.STORY, "By the container")


def test_cues_are_read_and_those_that_cannot_be_are_a_loss(desk: Path) -> None:
    (desk / "clip.vtt").write_text(VTT)
    assert cues(item(desk)) == ["The bridge is open."]
    (desk / "clip.vtt").write_text(VTT + "\n00:09.000 --> 00:02.000\nBackwards.\n")
    assert item(desk).loss == "clip.vtt: 1 cue(s) could not be read"
    (desk / "clip.vtt").write_text("no cues at all")
    found = item(desk)
    assert (cues(found), found.loss) == ([], "clip.vtt is left out: there is no cue in it with times and text")


def test_a_broken_xmp_is_a_loss(desk: Path) -> None:
    (desk / "clip.xmp").write_text("<x:xmpmeta")
    assert item(desk).loss == "clip.xmp says nothing that is read"


@pytest.mark.parametrize(
    ("names", "language", "taken"),
    [
        (["clip.de.vtt", "clip.en.vtt", "clip.fr.vtt"], "", "clip.en.vtt"),
        (["clip.de.vtt", "clip.en.vtt", "clip.fr.vtt"], "fr-CA", "clip.fr.vtt"),
        (["clip.de.vtt", "clip.fr.srt"], "", "clip.de.vtt"),
        (["clip.en.vtt", "clip.vtt"], "de", "clip.vtt"),
        (["clip.en.forced.vtt", "clip.en-GB.srt"], "", "clip.en-GB.srt"),
        (["clip.en.srt", "clip.en.vtt", "clip.mp4.de.vtt"], "", "clip.en.vtt"),
    ],
)
def test_of_several_subtitle_files_one_is_taken(names: list[str], language: str, taken: str, desk: Path) -> None:
    for name in names:
        (desk / name).write_text(VTT.replace("The bridge", name))
    (desk / "clip.json").write_text(ninjs(language=language))
    found = item(desk)
    assert cues(found) == [f"{taken} is open."]
    assert found.film is not None
    assert found.film.stream.endswith(f"; cues from {taken}, {len(names) - 1} other subtitle file(s) left")


def test_a_broken_subtitle_file_leaves_the_next(desk: Path) -> None:
    (desk / "clip.en.vtt").write_text("nothing")
    (desk / "clip.fr.vtt").write_text(VTT)
    found = item(desk)
    assert cues(found) == ["The bridge is open."]
    assert found.loss.startswith("clip.en.vtt is left out")


def test_another_videos_sidecars_are_not_taken(desk: Path) -> None:
    shutil.copy(desk / "clip.mp4", desk / "clip.mov")
    (desk / "clip.mov.vtt").write_text(VTT)
    (desk / "clip.mov.json").write_text(ninjs(headline="Of the .mov"))
    found = {reading.item.uri: reading.item for reading in readings(desk) if reading.item}
    assert {uri: one.headline for uri, one in found.items()} == {
        "file:clip.mp4": "By the container",
        "urn:clip": "Of the .mov",
    }
    assert cues(found["file:clip.mp4"]) == []
    assert cues(found["urn:clip"]) == ["The bridge is open."]


def test_two_renditions_share_an_embargo_but_not_a_uri(desk: Path) -> None:
    shutil.copy(desk / "clip.mp4", desk / "clip.mov")
    (desk / "clip.json").write_text(ninjs(headline="By ninjs", embargoed="2999-01-01T00:00:00Z"))
    found = [reading.item for reading in readings(desk)]
    assert {one.uri for one in found if one and one.headline == "By ninjs"} == {"urn:clip", "file:clip.mov"}
    assert all(one and one.embargo_ns for one in found)


@pytest.mark.parametrize("name", ["alone.vtt", "alone.en.srt"])
def test_subtitles_without_a_video_are_refused_with_the_remedy(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(VTT)
    assert "put them beside it under its name" in one(tmp_path).cause


def test_a_description_without_a_video_is_an_item_without_bytes(tmp_path: Path) -> None:
    (tmp_path / "clip.json").write_text(ninjs(headline="Linked only"))
    found = item(tmp_path)
    assert (found.kind, found.headline, found.film, found.media_path) == (Kind.VIDEO, "Linked only", None, None)


def test_a_text_under_a_videos_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "story.mp4").write_text("A story that somebody called a video.")
    (tmp_path / "story.json").write_text(ninjs(headline="Of its own, then"))
    found = {reading.uri: reading for reading in readings(tmp_path)}
    assert found["file:story.mp4"].cause.startswith("named .mp4, but it holds no video")
    assert found["urn:clip"].item is not None


def test_a_video_under_a_texts_name_is_a_video(desk: Path) -> None:
    (desk / "clip.mp4").rename(desk / "story.txt")
    (desk / "story.txt.vtt").write_text(VTT)
    found = item(desk)
    assert (found.uri, found.kind, found.media_type) == ("file:story.txt", Kind.VIDEO, "video/mp4")
    assert cues(found) == ["The bridge is open."]


def test_the_hash_covers_the_film_what_lies_beside_it_and_what_cuts_it(desk: Path) -> None:
    (ref,) = expand([str(desk / "clip.mp4")])[0].refs()
    seen = [one(desk).input_hash]
    assert read(ref, {seen[0]})[0].unchanged
    seen.append(read(ref, {seen[0]}, film_recipe="another shot model")[0].input_hash)
    for name, text in (("clip.vtt", VTT), ("clip.vtt", VTT + " "), ("clip.json", ninjs()), ("clip.xmp", XMP)):
        (desk / name).write_text(text)
        seen.append(read(ref, set(seen))[0].input_hash)
    with (desk / "clip.mp4").open("ab") as file:
        file.write(bytes(8))
    seen.append(read(ref, set(seen))[0].input_hash)
    assert len(set(seen)) == len(seen) == 7
    assert read(ref, set(seen))[0].unchanged


def test_the_recipe_of_films_is_nothing_to_a_story(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A story.")
    ref = Ref(f"{tmp_path}/./a.txt")
    assert read(ref)[0].input_hash == read(ref, film_recipe="another shot model")[0].input_hash


def line(**fields: object) -> bytes:
    return json.dumps({"uri": "x:1", "path": "clip.mp4", **fields}).encode()


def from_line(desk: Path, **fields: object) -> Reading:
    (reading,) = read(Ref(f"{desk}/./m.jsonl#line=1", line(**fields)))
    return reading


def test_a_manifests_line_speaks_louder_than_all(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(headline="By ninjs", caption="c", description_text="What it shows."))
    (desk / "clip.vtt").write_text(VTT)
    found = from_line(desk, headline="By the line", kind="video", embargo="forever").item
    assert found is not None
    assert (found.uri, found.headline, found.caption) == ("x:1", "By the line", "What it shows.")
    assert (found.embargo_ns, cues(found)) == (FOREVER_NS, ["The bridge is open."])
    assert from_line(desk, kind="photo").cause == "'kind' says photo, the file is a video"
    assert from_line(desk, path=None, kind="video").cause == "a video needs a 'path'"


def test_a_line_does_not_lift_what_holds_a_video_back(desk: Path) -> None:
    (desk / "clip.json").write_text("{")
    assert from_line(desk).hide


@pytest.mark.parametrize(
    ("beside_it", "in_the_line", "embargo", "status"),
    [
        ({"embargoed": "2040-01-01T00:00:00Z"}, {"embargo": "2020-01-01T00:00:00Z"}, "2040", Status.USABLE),
        ({"embargoed": "2030-01-01T00:00:00Z"}, {"embargo": "2040-01-01T00:00:00Z"}, "2040", Status.USABLE),
        ({"pubstatus": "canceled"}, {"status": "usable"}, "", Status.CANCELED),
        ({"pubstatus": "withheld"}, {"status": "usable"}, "", Status.WITHHELD),
        ({}, {"status": "withheld"}, "", Status.WITHHELD),
    ],
)
def test_of_a_line_and_a_sidecar_the_strictest_release_counts(
    beside_it: dict[str, str], in_the_line: dict[str, str], embargo: str, status: Status, desk: Path
) -> None:
    (desk / "clip.json").write_text(ninjs(**beside_it))
    found = from_line(desk, **in_the_line).item
    assert found is not None
    assert (found.uri, found.status) == ("x:1", status)
    assert ("" if found.embargo_ns is None else format_ns(found.embargo_ns)[:4]) == embargo


def test_a_sidecar_that_leads_out_of_the_manifests_folder_is_not_read(desk: Path) -> None:
    (desk / "in").mkdir()
    (desk / "clip.mp4").rename(desk / "in" / "clip.mp4")
    (desk / "secret.vtt").write_text(VTT)
    (desk / "in" / "clip.vtt").symlink_to(desk / "secret.vtt")
    found = from_line(desk / "in").item
    assert found is not None
    assert (cues(found), "clip.vtt is left out" in found.loss) == ([], True)


def test_a_sidecar_named_as_a_source_brings_its_video_once(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(headline="By ninjs"))
    (desk / "clip.en.vtt").write_text(VTT)
    for pattern in ("clip.json", "clip.en.vtt", "clip.*", "*.[jv]*", "**/*.json"):
        refs = [ref for source in expand([str(desk / pattern)]) for ref in source.refs()]
        found = [reading.item for ref in refs for reading in read(ref) if not reading.beside]
        assert [(one.uri, one.headline, cues(one)) for one in found if one] == [
            ("urn:clip", "By ninjs", ["The bridge is open."])
        ], pattern
    (source, video) = expand([str(desk / "clip.json")])
    (ref,) = video.refs()
    assert (ref.uri, video.covers(ref.location), source.covers(ref.location)) == ("file:clip.mp4", True, False)


def test_a_story_named_as_a_source_brings_no_video(desk: Path) -> None:
    (desk / "clip.json").write_text(ninjs(type="text", body_text="Its own text."))
    assert len(expand([str(desk / "clip.json")])) == 1


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which folders were listed for their names."""
    seen: list[str] = []
    listing = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: seen.append(folder) or listing(folder))
    return seen


def test_a_large_folder_is_not_listed_for_each_video(desk: Path, listed: list[str]) -> None:
    os.utime(desk, (1_000_000_000, 1_000_000_000))
    for _ in range(5):
        assert one_named(desk / "clip.mp4").item is not None
    assert listed == [str(desk)]
    (desk / "clip.en.vtt").write_text(VTT)
    found = one_named(desk / "clip.mp4").item
    assert found is not None
    assert cues(found) == ["The bridge is open."]


def test_nothing_is_asked_of_a_story_that_lies_beside_no_video(
    desk: Path, listed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (desk / f"story{number}.json").write_text("{}")
    os.utime(desk, (1_000_000_000, 1_000_000_000))
    asked: list[object] = []
    monkeypatch.setattr(os.path, "lexists", asked.append)
    assert not any(belongs_to_video(desk / f"story{number}.json") for number in range(20))
    assert listed == [str(desk)]
    assert asked == []


def test_a_large_folder_that_grows_meanwhile_is_not_listed_each_time(
    desk: Path, listed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names_module, "_CHEAP_S", 0.0)
    for number in range(2_000):
        (desk / f"story{number}.json").touch()
    for number in range(20):
        (desk / f"more{number}.json").touch()
        assert not belongs_to_video(desk / "story1.json")
    assert len(listed) < 15


def test_a_video_whose_folder_cannot_be_listed_is_held_back(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: str) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied", folder)

    monkeypatch.setattr(os, "listdir", refuse)
    reading = one_named(desk / "clip.mp4")
    assert (reading.item, reading.hide) == (None, True)
    assert "its folder cannot be listed (Permission denied)" in reading.cause


def one_named(path: Path) -> Reading:
    (reading,) = read(next(iter(expand([str(path)])[0].refs())))
    return reading
