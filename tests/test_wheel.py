"""The wheel holds the whole program, so that who installs it needs neither Node nor a compiler of texts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_every_file_of_the_program_and_both_commands(tmp_path: Path) -> None:
    folder = tmp_path / "a place with 空格"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (made,) = folder.glob("*.whl")
    with ZipFile(made) as wheel:
        held = set(wheel.namelist())
        (points,) = (name for name in held if name.endswith("entry_points.txt"))
        commands = wheel.read(points).decode()
    assert "dingfen = dingfen" in commands and "dingfen-verify = dingfen" in commands
    program = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "dingfen").rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}
    }
    assert any("/static/vendor/" in name for name in program)
    assert any(name.endswith("/django.mo") for name in program)
    assert not sorted(program - held)
