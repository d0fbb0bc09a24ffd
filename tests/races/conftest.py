"""A database of its own for the processes of a test, on both kinds, and the parent that forks them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ready
from tests.races.forked import Parent, parent


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables that give processes a data folder and a fresh database of their own."""
    own = os.environ | {"DINGFEN_HOME": str(tmp_path)}
    own.pop("DATABASE_URL", None)
    if request.param == "sqlite":
        ready.copy(tmp_path / "dingfen.sqlite3")
        yield own
        return
    with ready.fresh_database(request.getfixturevalue("postgres")) as address:
        yield own | {"DATABASE_URL": address}


@pytest.fixture
def processes(environment: dict[str, str]) -> Iterator[Parent]:
    """Starts processes on that database: `processes.start(module, *arguments)`."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    with parent(environment) as made:
        yield made
