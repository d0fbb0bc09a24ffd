"""Runs where there is no POSIX, and from a folder with spaces and Chinese in its name."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

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
ONE_PROCESS = (
    WITHOUT_POSIX
    + """
from dingfen.cli.main import main
sys.exit(main(["serve", "--one-process", "--port", sys.argv[1]]))
"""
)


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("D")}
    return {**kept, "PYTHONPATH": str(SOURCE), "DINGFEN_HOME": str(home), "PYTHONUTF8": "1"}


def test_every_module_loads_without_posix(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_MODULE],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.race
def test_one_process_serves_without_posix_from_a_folder_with_spaces_and_chinese(tmp_path: Path) -> None:
    home = tmp_path / "定分 数据 (my data) é"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", ONE_PROCESS, str(port)], env=environment(home), stdout=log, stderr=log
        )
    try:
        for _second in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "log").read_text()[-3000:]
                time.sleep(1)
        else:
            raise AssertionError((tmp_path / "log").read_text()[-3000:])
        assert (home / "keys").is_dir()
        backup = subprocess.run(
            [sys.executable, "-m", "dingfen", "backup", str(home / "备份 1.zip")],
            env=environment(home), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert backup.returncode == 0, backup.stderr[-2000:]
    finally:
        server.terminate()
        server.wait(30)
