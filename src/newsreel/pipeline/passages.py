"""Items to segments: a story is cut into passages, a photo is one segment, a video is its shots.

What a video's shot is searched by, and how much each weighs. The first shot stands for the whole: it carries the
headline, the caption and all names, as a photo does, and what is said in it. Any other shot is searched by what is said
in it, every cue that overlaps it, in whole. The first `CONTEXT_TOKENS` of headline and caption stand before that in its
vector, at most a fifth of what the embedder reads, so that it is known what is spoken of; in BM25 they weigh nothing,
where they would make the shot in which least is said the best answer to a word of the headline. A shot in which nothing
is said is not searched by itself: it would be the first shot again, as often as there are shots, and one film would
fill the list. What is said before the first picture or after the last belongs to the first or last shot, and a cue that
lasts through more than `MOST_SHOTS` shots to the first of them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pysbd

from newsreel.core.item import Cue, Item, Kind, Segment
from newsreel.core.times import TimeRange

__all__ = ["CUTTER_VERSION", "Cutter", "embedded_text", "searched_text"]

CUTTER_VERSION = "2"
"""Part of every input hash: raise it when the same item would now be cut differently."""

CONTEXT_TOKENS = 48
SPECIAL_TOKENS = 2
MAX_PARAGRAPH = 5_000
MOST_SHOTS = 8
PARAGRAPH = re.compile(r"\n\s*\n")

CountTokens = Callable[[Sequence[str]], list[int]]


class Cutter:
    """Cuts items. Not for several threads at once: the sentence splitter keeps state."""

    def __init__(self, count_tokens: CountTokens, max_tokens: int) -> None:
        """Cut for an embedder that counts tokens so and reads at most `max_tokens`."""
        self._count = count_tokens
        self._max_tokens = max_tokens
        self._splitter = pysbd.Segmenter(language="en", clean=False)

    def cut(self, item: Item, shots: Sequence[TimeRange] = ()) -> list[Segment]:
        """The item's segments; `shots` are a video's.

        A passage holds whole sentences and, with its context, at most `max_tokens`; only a sentence that is longer by
        itself is cut, between words. A shot in which more is said makes several segments, which share its time between
        cues; of a single cue that is longer the embedder reads the beginning, as of a long caption.
        """
        if item.film is not None and shots:
            return list(self._moments(item, item.film.cues, shots))
        if item.kind is not Kind.STORY:
            return [_segment(item, 0, 0, len(item.caption), item.caption, item.headline)]
        context = _shortened(item.headline, self._count, min(CONTEXT_TOKENS, self._max_tokens // 4))
        room = self._max_tokens - SPECIAL_TOKENS - self._count([context])[0]
        sentences = [s for span in _paragraphs(item.body) for s in self._sentences(item.body, *span)]
        spans = list(_packed(item.body, sentences, self._count, room)) or [(0, 0)]
        return [_segment(item, n, start, end, item.body[start:end], context) for n, (start, end) in enumerate(spans)]

    def _moments(self, item: Item, cues: Sequence[Cue], shots: Sequence[TimeRange]) -> Iterator[Segment]:
        about = "\n".join(part for part in (item.headline, item.caption) if part)
        context = _shortened(about, self._count, min(CONTEXT_TOKENS, self._max_tokens // 4))
        room = self._max_tokens - SPECIAL_TOKENS - self._count([context])[0]
        position = 0
        for number, (shot, (seen, said)) in enumerate(zip(shots, _said_in(cues, shots), strict=True)):
            if number == 0:
                said = [Cue(TimeRange(shot.start_ns, shot.start_ns), item.caption), *said] if item.caption else said
            for time, text, repeated in self._speech(shot, said, seen, room):
                own = item.headline if position == 0 else context if text else ""
                moment = _segment(item, position, 0, len(text), text, own)
                yield replace(moment, time=time, shot=number, repeated=repeated)
                position += 1

    def _speech(
        self, shot: TimeRange, said: Sequence[Cue], seen: int, room: int
    ) -> Iterator[tuple[TimeRange, str, int]]:
        """The shot's time, cut between cues where more is said than fits, and what is said in each part.

        Also how many of its characters the first `seen` cues make up.
        """
        lengths = self._count([cue.text for cue in said])
        spans = [((n, n + 1), length) for n, length in enumerate(lengths)]
        groups = list(_filled(spans, room)) or [(0, 0)]
        starts = [shot.start_ns, *(max(said[first].time.start_ns, shot.start_ns) for first, _ in groups[1:])]
        for (first, last), (start, end) in zip(groups, pairwise([*starts, shot.end_ns]), strict=True):
            again, text = ("\n".join(cue.text for cue in said[first:stop]) for stop in (min(last, seen), last))
            yield TimeRange(start, max(start, end)), text, len(again)

    def _sentences(self, body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The paragraph's sentences as spans of `body`, without the space around them.

        Each reaches to where the next one begins: a sentence that the splitter gave back altered is not lost.
        """
        starts, at = [start], start
        for sentence in self._splitter.segment(body[start:end]):
            found = body.find(sentence.strip(), at, end)
            if sentence.strip() and found >= 0:
                starts.append(found)
                at = found + len(sentence.strip())
        for begin, stop in pairwise([*starts, end]):
            text = body[begin:stop]
            if text.strip():
                yield begin + len(text) - len(text.lstrip()), begin + len(text.rstrip())


def embedded_text(segment: Segment) -> str:
    """What the embedder reads of a segment; empty when there is nothing to read."""
    return "\n".join(part for part in (segment.context, segment.text) if part)


def searched_text(item: Item, segment: Segment) -> str:
    """What BM25 reads of a segment: also the names and words that belong to the item as a whole.

    Those stand with the first segment only, so that a byline counts once however long the story is. An item
    without headline and text is found by its name.
    """
    parts = [segment.text] if segment.time and segment.position else [segment.context, segment.text]
    if segment.position == 0:
        parts += [item.byline, item.place, " ".join(item.keywords)]
        parts += [] if segment.context or segment.text else [_name(item)]
    return "\n".join(part for part in parts if part)


def _segment(item: Item, position: int, start: int, end: int, text: str, context: str) -> Segment:
    return Segment(
        id=f"{item.uri}#{position:04d}",
        uri=item.uri,
        position=position,
        start=start,
        end=end,
        text=text,
        context=context,
    )


def _said_in(cues: Sequence[Cue], shots: Sequence[TimeRange]) -> Iterator[tuple[int, list[Cue]]]:
    """For each shot the cues that overlap it, and how many of them, the first, an earlier one has too.

    Both are in order of their start.
    """
    waiting, running = deque(cues), list[tuple[int, Cue]]()
    for number, shot in enumerate(shots):
        is_last = number == len(shots) - 1
        while waiting and (is_last or waiting[0].time.start_ns < shot.end_ns):
            running.append((number, waiting.popleft()))
        running = [
            (n, c) for n, c in running if n == number or (c.time.end_ns > shot.start_ns and number - n < MOST_SHOTS)
        ]
        yield sum(n < number for n, _ in running), [cue for _, cue in running]


def _name(item: Item) -> str:
    name = (item.media_path or item.uri).rsplit("/", 1)[-1]
    return re.sub(r"[\W_]+", " ", name.encode("utf-8", "replace").decode())


def _paragraphs(body: str) -> Iterator[tuple[int, int]]:
    """Spans between blank lines, none longer than the sentence splitter takes in good time."""
    start = 0
    for gap in (*PARAGRAPH.finditer(body), None):
        end = len(body) if gap is None else gap.start()
        while end - start > MAX_PARAGRAPH:
            space = body.rfind(" ", start, start + MAX_PARAGRAPH)
            middle = space if space > start else start + MAX_PARAGRAPH
            yield start, middle
            start = middle
        yield start, end
        start = end if gap is None else gap.end()


def _packed(
    body: str, sentences: Sequence[tuple[int, int]], count_tokens: CountTokens, room: int
) -> Iterator[tuple[int, int]]:
    """Neighbouring sentences together while they fit."""
    lengths = count_tokens([body[start:end] for start, end in sentences])
    short: list[tuple[tuple[int, int], int]] = []
    for span, length in zip(sentences, lengths, strict=True):
        if length <= room:
            short.append((span, length))
            continue
        yield from _filled(short, room)
        short = []
        yield from _pieces(body, *span, count_tokens, room)
    yield from _filled(short, room)


def _pieces(body: str, start: int, end: int, count_tokens: CountTokens, room: int) -> Iterator[tuple[int, int]]:
    """A sentence that is too long, cut between words; a word that is too long, anywhere."""
    words = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S{1,100}", body[start:end])]
    lengths = count_tokens([body[a:b] for a, b in words])
    yield from _filled(list(zip(words, lengths, strict=True)), room)


def _filled(parts: Sequence[tuple[tuple[int, int], int]], room: int) -> Iterator[tuple[int, int]]:
    """Spans of neighbours, each filled while its tokens are within `room`."""
    opened: tuple[int, int] | None = None
    used = 0
    for (start, end), length in parts:
        if opened is not None and used + length > room:
            yield opened
            opened, used = None, 0
        opened = (start if opened is None else opened[0], end)
        used += length
    if opened is not None:
        yield opened


def _shortened(text: str, count_tokens: CountTokens, most: int) -> str:
    words = text.split()
    while words and count_tokens([" ".join(words)])[0] > most:
        words = words[: len(words) * 3 // 4]
    return " ".join(words)
