"""Loads where there is no POSIX."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
WITHOUT_POSIX = """
import builtins, importlib, os, pkgutil, sys
HIDDEN = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "gunicorn"}
real = builtins.__import__
def without(name, *more, **named):
    if name.partition(".")[0] in HIDDEN and not (more and more[0] or {}).get("__name__", "").startswith(ALLOWED):
        raise ModuleNotFoundError(f"No module named {name!r}")
    return real(name, *more, **named)
ALLOWED = ("subprocess", "tempfile", "asyncio", "multiprocessing", "getpass", "shutil", "pathlib", "posixpath",
           "http.server", "tarfile", "netrc", "distutils", "concurrent", "webbrowser", "pysqlite3")
builtins.__import__ = without
for name in ("fork", "forkpty", "getuid", "geteuid", "getppid_", "setsid", "killpg"):
    if hasattr(os, name):
        delattr(os, name)
"""
EVERY_MODULE = (
    WITHOUT_POSIX
    + """
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingfen.settings")
import dingfen
from dingfen.database import swap
django.setup()
count = 0
for found in pkgutil.walk_packages(dingfen.__path__, "dingfen."):
    if ".migrations." in found.name or found.name.endswith("__main__"):
        continue
    importlib.import_module(found.name)
    count += 1
assert count > 300, count
print("all", count)
"""
)


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("D")}
    return {**kept, "PYTHONPATH": str(SOURCE), "DINGFEN_HOME": str(home), "PYTHONUTF8": "1"}


def test_every_module_loads_without_posix(tmp_path: Path) -> None:
    home = tmp_path / "定分 数据 (my data) é"
    done = subprocess.run(
        [sys.executable, "-c", EVERY_MODULE],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
