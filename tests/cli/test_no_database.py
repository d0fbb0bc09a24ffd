"""A command on a folder without a database says so, without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    ("conflict", "check", "--name", "陈立群"),
    ("register", "verify"),
    ("policy", "backtest", "auto-dealer"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_it_says_what_to_do(command: tuple[str, ...], tmp_path: Path) -> None:
    environment = {**os.environ, "DINGFEN_HOME": str(tmp_path / "home")}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "dingfen", *command],
        env=environment, capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr and "dingfen migrate" in done.stderr
