"""Room on the stack: what a frame asks for is what makes the chunk large."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dingfen.roomy import roomy

# calls at every depth, so that some of them stand at the end of a chunk
_DEEP = """
import resource
from dingfen.roomy import roomy
def small(): return 1
def down(depth):
    for _ in range(200): small()
    return down(depth - 1) if depth else 0
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = faults(); down(300); plain = faults() - before
before = faults(); roomy(lambda: down(300)); print(plain, faults() - before)
"""


def test_what_is_called_is_called_once_and_its_errors_come_through() -> None:
    seen: list[int] = []
    assert roomy(lambda: seen.append(1) or len(seen)) == 1
    with pytest.raises(KeyError):
        roomy(lambda: {}["nothing"])


@pytest.mark.skipif(sys.platform == "win32", reason="counts page faults as POSIX does")
def test_calls_within_fetch_no_memory_again_and_again() -> None:
    ran = subprocess.run([sys.executable, "-c", _DEEP], capture_output=True, text=True, check=True)
    plain, within = map(int, ran.stdout.split())
    assert within < 100, (plain, within)
