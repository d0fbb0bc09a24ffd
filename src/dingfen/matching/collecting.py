"""Without the garbage collector, for work on millions of values of which none is garbage before its end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """A whole base is read and compared in half the processor time: nothing looks through all of it time and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
