"""The whole suite: on SQLite, then what touches the database again on PostgreSQL.

`make test ARGS='-k lapse'` is not needed: call pytest for a part. This runs everything.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres

# files in the order of tests/conftest.py: the dear ones first; each process loads everything, so not very many
WORKERS = str(min(max(os.cpu_count() or 1, 2), 6))
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
# suites whose promise is the same on both databases, and stories of those that lean on them; races start a server
# of their own, and what asks no database is not run again
STORES = ["tests/accounts", "tests/register", "tests/clocks", "tests/outbox", "tests/parties"]
STORES += ["tests/ownership", "tests/imports", "tests/policies", "tests/api", "tests/stories"]
STORES += [
    "tests/complaints/test_stories.py",
    "tests/complaints/test_desk.py",
    "tests/cases/test_snooze_nudge.py",
]


def main() -> int:
    os.environ["DINGFEN_HOME"] = tempfile.mkdtemp(prefix="dingfen-test-")  # never the data of `make run`
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # about two hundred processes would each compile everything
    try:
        with postgres.server() as where:  # one for both halves: tables are made once and copied
            os.environ["DINGFEN_TEST_POSTGRES"] = where
            first, second = suite(), on_postgres(where)
            return first or second
    except ImportError:
        print("NO POSTGRESQL HERE: the second half of the suite is left out", file=sys.stderr)
        return suite() or int(bool(os.environ.get("CI")))


def suite() -> int:
    return subprocess.run([*PYTEST, "tests"], check=False).returncode


def on_postgres(where: str) -> int:
    present = [path for path in STORES if Path(path).exists()]
    with postgres.fresh_database(where) as url:
        environment = os.environ | {"DATABASE_URL": url}
        command = [*PYTEST, "-m", "not race and not browser", *present]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
