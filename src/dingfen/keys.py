"""Secrets of the installation: files beside the database, never in it.

Each is made at first use, readable by the owner only. A setting `DINGFEN_KEY_<NAME>` (base64) takes the
place of the file, for who keeps secrets elsewhere.
"""

import base64
import contextlib
import os
from functools import lru_cache
from pathlib import Path


def home() -> Path:
    """The folder where data lives (DINGFEN_HOME)."""
    return Path(os.environ.get("DINGFEN_HOME") or Path.home() / ".dingfen")


@lru_cache(maxsize=32)
def _key(name: str, folder: str | None, given: str | None) -> bytes:
    """`folder` and `given` are what the environment says: should it change, another key is meant."""
    if given:
        return base64.b64decode(given)
    path = home() / "keys" / f"{name}.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        temporary = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, base64.b64encode(os.urandom(32)))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _publish(temporary, path)
    return base64.b64decode(path.read_bytes())


def _publish(temporary: Path, path: Path) -> None:
    """Give the file its name, whole or not at all; the first of several writers wins."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not path.exists():
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def key(name: str) -> bytes:
    """32 secret bytes by name: `django`, `master`, `index`, `seal`."""
    return _key(name, os.environ.get("DINGFEN_HOME"), os.environ.get(f"DINGFEN_KEY_{name.upper()}"))


def later(name: str) -> list[str]:
    """Names of the keys that have taken the place of one (`seal_1`, …) and lie in files."""
    found = (home() / "keys").glob(f"{name}_*.key")
    return sorted(path.stem for path in found if path.stem.removeprefix(f"{name}_").isdigit())
