"""What all tests share: a data folder of their own, and the cast."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("DINGFEN_HOME", str(Path(tempfile.gettempdir()) / f"dingfen-tests-{os.getpid()}"))

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """Two salespeople and two heads in two teams of one site, general manager, agent, compliance, a stranger."""
    return make_cast()
