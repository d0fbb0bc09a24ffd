"""Search text cut into the words it is found by. Pure.

Chinese is cut into overlapping pieces of two characters and the last character alone, because nearly half of
all brand names have only two characters. Latin words and digits stay whole and are found by their beginning;
a long number is found by its last four digits too.
"""

from __future__ import annotations

import re
from typing import Final

from dingfen.matching import parse_phones
from dingfen.matching.identifiers import plate
from dingfen.matching.text import fold

_RUNS: Final = re.compile(r"([㐀-鿿\U00020000-\U0003134f]+)|([^\W㐀-鿿_]+)")
_PLATE_DOT: Final = re.compile(r"(?<=[㐀-鿿][a-z])·(?=[a-z0-9])")
_LONG_NUMBER: Final = 7
MOST_WORDS: Final = 24


def pieces(text: str) -> list[str]:
    """The words under which `text` is stored, each once, in order."""
    found: dict[str, None] = {}
    folded = _folded(text)
    for run in _RUNS.finditer(folded):
        if run[1]:
            found.update(dict.fromkeys(_pairs(run[1])))
            found[run[1][-1]] = None
        else:
            found.update(dict.fromkeys(_word(run[2])))
    for joined in re.findall(r"[㐀-鿿][a-z0-9]{2,8}(?![a-z0-9])", folded):
        found[joined] = None
    return list(found)


def query(text: str) -> list[tuple[str, bool]]:
    """(word, whether by its beginning) for each word of a typed query; all must occur."""
    phones, _ = parse_phones(text)
    if phones and not re.search(r"[㐀-鿿]", text):
        return [(phone.national.lstrip("+"), False) for phone in phones][:MOST_WORDS]
    found: dict[tuple[str, bool], None] = {}
    folded = _folded(text)
    whole = plate(text)
    if isinstance(whole, str):
        return [(whole.lower(), False)]
    if re.fullmatch(r"[㐀-鿿][a-z0-9]{2,8}", folded):  # the beginning of a plate
        return [(folded, True)]
    for run in _RUNS.finditer(folded):
        if run[1] and len(run[1]) == 1:
            found[(run[1], True)] = None
        elif run[1]:
            found.update(dict.fromkeys((pair, False) for pair in _pairs(run[1])))
        else:
            found[(run[2], True)] = None
    return list(found)[:MOST_WORDS]


def _folded(text: str) -> str:
    """Folded, and plates without their dot (浙A·12345)."""
    return _PLATE_DOT.sub("", fold(text))


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _word(word: str) -> list[str]:
    if word.isdigit() and len(word) >= _LONG_NUMBER:
        return [word, word[-4:]]
    tail = re.search(r"\d{3,}$", word)
    return [word, tail[0]] if tail and tail[0] != word else [word]
