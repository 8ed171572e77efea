"""Names as they are compared: what does not tell one from another is left out."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, wraps
from importlib import resources
from typing import Any, ParamSpec, TypeVar, cast

__all__ = [
    "GENERATIONS",
    "LOC",
    "LONGEST_KEPT",
    "MISC",
    "ORG",
    "PARTICLES",
    "PER",
    "SMALL",
    "STATES",
    "STYLES",
    "cached",
    "key",
    "normal",
    "plain",
    "split_key",
    "tidy",
    "titled",
    "without_form",
]

PER, ORG, LOC, MISC = "PER", "ORG", "LOC", "MISC"

_TABLES: dict[str, Any] = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))

_HONORIFICS = frozenset(_TABLES["honorifics"])
_TITLES = frozenset(_TABLES["titles"]) | _HONORIFICS
_LONGEST_TITLE = max(len(title.split()) for title in _TITLES)
_MALE, _FEMALE = frozenset(_TABLES["male"]), frozenset(_TABLES["female"])
_LEGAL_FORMS = frozenset(_TABLES["legal_forms"])
_DESIGNATORS = frozenset(_TABLES["designators"])
_PLACES = {other: first for first, others in _TABLES["countries"].items() for other in others}

STYLES = frozenset[str](_TABLES["styles"])
GENERATIONS = frozenset[str](_TABLES["generations"])
PARTICLES = frozenset[str](_TABLES["particles"])
SMALL = frozenset[str](_TABLES["small"])
STATES = frozenset[str](_TABLES["states"])

_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"}
    | {"ı": "i", "ħ": "h", "Ħ": "H", "&": " and "}
)
_POSSESSIVE = ("'s", "'S", "’s", "’S", "'", "’")
_FIRST_DIACRITIC = 10
"""Canonical combining classes from here are diacritics and points; below are parts of letters, as a virama."""

LONGEST_KEPT = 100
"""In characters. Anybody may ask for a longer name, and for many: what is known of it is not kept."""

P = ParamSpec("P")
R = TypeVar("R")


def cached(of_name: Callable[P, R]) -> Callable[P, R]:
    """Keep what a function says of the names that were asked of it last; the name is its last argument."""
    kept = cast(Callable[P, R], lru_cache(maxsize=8_192)(of_name))

    @wraps(of_name)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        return (kept if len(str(args[-1])) <= LONGEST_KEPT else of_name)(*args, **kwargs)

    return answer


@cached
def normal(name: str) -> str:
    """A name of any kind as it is compared.

    Casefolded, without diacritics, possessive, "the", an honorific ("Mr") and punctuation; initials are one word
    (`u.s.` and `us`, `J. K. Rowling` and `JK Rowling`). What is nothing but punctuation stays as it is.
    """
    return " ".join(_without_first(plain(name), _HONORIFICS))


@cached
def key(label: str, name: str) -> str:
    """`PER:angela merkel`: label and name as it is compared, without what says nothing in a name of this kind.

    That is a person's title ("President"), an organisation's legal form ("Inc"), and which of its names a country is
    given by ("U.S.").
    """
    words = plain(name)
    if label == PER:
        return f"{label}:{' '.join(titled(words)[1])}"
    if label == ORG:
        return f"{label}:{' '.join(_without_last(words, _LEGAL_FORMS))}"
    joined = " ".join(words)
    return f"{label}:{_PLACES.get(joined, joined) if label == LOC else joined}"


def split_key(entity_key: str) -> tuple[str, str]:
    """Its label and its name."""
    label, _, name = entity_key.partition(":")
    return label, name


def tidy(name: str) -> str:
    """A name as it is shown: without possessive and line breaks, otherwise as written."""
    return " ".join((_unpossessed(name) or name).split())


@cached
def plain(name: str) -> tuple[str, ...]:
    """A name's words, casefolded, without diacritics, possessive, article and punctuation."""
    words = _initials_joined(_folded(_unpossessed(name.translate(_MARKS))).split())
    return _without_first(tuple(words), {"the"}) if words else tuple(tidy(name).casefold().split())


def titled(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What its titles say of a person, `m`, `f` or nothing, and the words without them."""
    gender, at = "", 0
    while True:
        for length in range(min(_LONGEST_TITLE, len(words) - at - 1), 0, -1):
            title = " ".join(words[at : at + length])
            if title in _TITLES:
                gender = gender or ("m" if title in _MALE else "f" if title in _FEMALE else "")
                at += length
                break
        else:
            return gender, tuple(words[at:])


def without_form(words: Sequence[str]) -> tuple[str, ...]:
    """An organisation's words without legal form, and without what is left out when it is named again."""
    rest = _without_last(tuple(words), _LEGAL_FORMS | _DESIGNATORS)
    return _without_first(rest, {"fc", "afc"})


def _unpossessed(name: str) -> str:
    name = name.rstrip()
    while name.endswith(_POSSESSIVE):
        name = name[: -2 if name[-1] in "sS" else -1].rstrip()
    return name


def _folded(name: str) -> str:
    if name.isascii():
        return "".join(c if c.isalnum() else "" if c == "'" else " " for c in name.lower())
    apart = unicodedata.normalize("NFKD", name).translate(_MARKS)  # again: of "Ǽ" there is an "Æ" now
    folded = unicodedata.normalize("NFKD", apart.casefold())
    return unicodedata.normalize("NFC", "".join(map(_kept, folded)))


def _kept(character: str) -> str:
    """The character, nothing, or the space that it stands for."""
    if character.isalnum():
        return character
    category = unicodedata.category(character)
    if category[0] == "M":
        return "" if unicodedata.combining(character) >= _FIRST_DIACRITIC else character
    return "" if character == "'" or category == "Cf" else " "


def _initials_joined(words: Sequence[str]) -> list[str]:
    joined: list[str] = []
    was_initial = False
    for word in words:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and was_initial:
            joined[-1] += word
        else:
            joined.append(word)
        was_initial = is_initial
    return joined


def _without_first(words: tuple[str, ...], unwanted: Collection[str]) -> tuple[str, ...]:
    at = 0
    while at < len(words) - 1 and words[at] in unwanted:
        at += 1
    return words[at:]


def _without_last(words: tuple[str, ...], unwanted: Collection[str]) -> tuple[str, ...]:
    """Also without the "and" of "Tiffany & Co"."""
    while len(words) > 1 and words[-1] in unwanted:
        words = words[:-1]
        if len(words) > 1 and words[-1] == "and":
            words = words[:-1]
    return words
