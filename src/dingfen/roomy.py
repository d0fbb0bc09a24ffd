"""Room on the interpreter's stack for everything called within.

Python (3.11 and later) keeps frames in chunks of 16 KB and gives a chunk back to the system as soon as it is empty.
Where a loop calls across the end of one, every call fetches memory and returns it: a page made 1,365 such pairs, half
of its processor time. A frame that is taken for a large one begins with a chunk of 512 KB, which is not left again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_WORDS = 31_900  # with the reserve of 1,000 words just above 256 KB, so the chunk is twice that; none of it is touched


def roomy(run: Callable[[], T]) -> T:
    """What `run` gives."""
    return run()


roomy.__code__ = roomy.__code__.replace(co_stacksize=_WORDS)
