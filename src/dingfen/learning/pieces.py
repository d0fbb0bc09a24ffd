"""What of a text counts: Chinese by one to three characters, Latin by word and pairs of words. Pure.

Numbers are left out, so that nobody's telephone or amount is learned.
"""

from __future__ import annotations

import re
import unicodedata

_RUNS = re.compile(r"([㐀-鿿]+)|([a-z][a-z']+)")
_LONGEST = 3
MOST = 6000


def pieces(text: str) -> set[str]:
    """The pieces of a text, each once."""
    found: set[str] = set()
    before = ""
    for run in _RUNS.finditer(unicodedata.normalize("NFKC", text[:MOST]).lower()):
        if run[1]:
            signs = run[1]
            for size in range(1, _LONGEST + 1):
                found.update(signs[place : place + size] for place in range(len(signs) - size + 1))
            before = ""
        else:
            found.add(run[2])
            if before:
                found.add(f"{before} {run[2]}")
            before = run[2]
    return found
