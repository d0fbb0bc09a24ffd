"""Cleaning of typed text before anything else looks at it: width, script, invisible characters."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import opencc

_SIMPLIFY: Final = opencc.OpenCC("t2s")
# Format and control characters, private use, unassigned, emoji and their parts, surrogates.
_DROPPED: Final = frozenset({"Cf", "Cc", "Co", "Cn", "So", "Sk", "Cs", "Me"})
_TRIES: Final = 4


def clean(text: str) -> str:
    """`text` in one width, without invisible characters and emoji, blanks folded to one space.

    Case and script stay: what people see can be made from it. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _settle(_clean_once, text)


@lru_cache(maxsize=1024)  # a name is read to be stored, to be compared and to be found: three times at once
def fold(text: str) -> str:
    """`clean`, then Traditional to Simplified and no case: for comparing only. Idempotent."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()).lower()
    if _PLAIN.issuperset(text):
        return text
    return _settle(_fold_once, text)


def _clean_once(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text)
    kept = (" " if char.isspace() else char for char in wide if char.isspace() or not _invisible(char))
    return " ".join("".join(kept).split())


def _fold_once(text: str) -> str:
    return str(_SIMPLIFY.convert(_clean_once(text).casefold()))


def _invisible(char: str) -> bool:
    if char.isascii():
        return char < " " or char == "\x7f"
    return unicodedata.category(char) in _DROPPED or "\ufe00" <= char <= "\ufe0f"


def _settle(step: Callable[[str], str], text: str) -> str:
    """Repeat `step` until nothing changes: a few rare characters take two rounds."""
    for _ in range(_TRIES):
        after = step(text)
        if after == text:
            return after
        text = after
    return text


def _unchanged() -> frozenset[str]:
    """Common characters (GB 2312) that folding leaves as they are."""
    every = [
        bytes((high, low)).decode("gb2312", "ignore")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
    ]
    together = "\n".join(char for char in every if char)
    pairs = zip(together.split("\n"), str(_SIMPLIFY.convert(together)).split("\n"), strict=True)
    return frozenset(char for char, after in pairs if char == after) | frozenset(
        "abcdefghijklmnopqrstuvwxyz0123456789"
    )


_PLAIN: Final = _unchanged()
