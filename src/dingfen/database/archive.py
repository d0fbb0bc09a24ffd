"""Backup and restore: a zip with the database, the attachments and a manifest.

The manifest names the program's version, the migrations, the register's head and a hash of each secret;
the secrets themselves stay outside. Restore fails closed when anything differs, and replays the erasures
listed in DINGFEN_HOME/erasures.jsonl, which lies outside every backup.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

import dingfen
from dingfen import keys

SECRETS = ("django", "master", "index", "seal")


class ArchiveError(Exception):
    """The archive is damaged or belongs to another installation."""


def write(target: Path) -> dict[str, Any]:
    """Write a consistent copy while people go on working. Returns the manifest."""
    with tempfile.TemporaryDirectory(dir=settings.HOME) as folder:
        copy = Path(folder) / "database"
        _dump(copy)
        manifest = _manifest() | {"database_sha256": _sha256(copy), "register_size": _size_in(copy)}
        partial = target.with_name(target.name + ".part")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, "database")
            blobs = settings.HOME / "blobs"
            for path in sorted(blobs.rglob("*")) if blobs.is_dir() else ():
                if path.is_file():
                    archive.write(path, f"blobs/{path.relative_to(blobs).as_posix()}")
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        partial.replace(target)
    return manifest


def read(source: Path) -> dict[str, Any]:
    """Check the archive against this installation, then put it in place. Raises ArchiveError, changing nothing."""
    with tempfile.TemporaryDirectory(dir=settings.HOME) as folder:
        try:
            with zipfile.ZipFile(source) as archive:
                for name in archive.namelist():
                    if name.startswith("/") or ".." in Path(name).parts:
                        raise ArchiveError(f"{name}: not a name for a backup / 备份内文件名不对")
                archive.extractall(folder)
            manifest: dict[str, Any] = json.loads((Path(folder) / "manifest.json").read_text("utf-8"))
        except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
            raise ArchiveError(f"{source}: {error}") from error
        _check(manifest, Path(folder) / "database")
        _load(Path(folder) / "database")
        if (Path(folder) / "blobs").is_dir():
            shutil.copytree(Path(folder) / "blobs", settings.HOME / "blobs", dirs_exist_ok=True)
    return manifest


def _manifest() -> dict[str, Any]:
    return {
        "program": "dingfen",
        "version": dingfen.__version__,
        "vendor": connection.vendor,
        "migrations": sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
        "secrets": {name: _digest(name) for name in (*SECRETS, *keys.later("seal"))},
    }


def _digest(name: str) -> str:
    return hashlib.sha256(b"dingfen" + keys.key(name)).hexdigest()


def _check(manifest: dict[str, Any], database: Path) -> None:
    here = _manifest()
    if manifest.get("database_sha256") != _sha256(database):
        raise ArchiveError("the database in the archive is damaged / 备份中的数据库已损坏")
    for name in {*SECRETS, *manifest["secrets"]}:
        if manifest["secrets"].get(name) != here["secrets"].get(name):
            raise ArchiveError(f"key {name} is not the one of the backup / 密钥 {name} 与备份时不同")
    if manifest["vendor"] != here["vendor"]:
        raise ArchiveError(f"the backup is of {manifest['vendor']} / 备份来自 {manifest['vendor']}")
    unknown = set(manifest["migrations"]) - set(here["migrations"])
    if unknown and here["migrations"]:
        raise ArchiveError(f"made by a later version ({sorted(unknown)[0]}) / 备份来自更新的版本")
    if _live_entries() > 0:
        raise ArchiveError("this installation already has entries / 本安装已有条目，不能覆盖")


def _live_entries() -> int:
    from django.apps import apps

    return int(apps.get_model("register", "Entry").objects.count())


def _size_in(copy: Path) -> int:
    """Entries in the copy itself (SQLite), or now (PostgreSQL: the dump is a snapshot of a moment ago)."""
    if connection.vendor != "sqlite":
        return _live_entries()
    import sqlite3

    with sqlite3.connect(copy) as other:
        return int(other.execute("SELECT count(*) FROM register_entry").fetchone()[0])


def _dump(copy: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        return
    _run(["pg_dump", "--format=custom", f"--file={copy}"])


def _load(database: Path) -> None:
    if connection.vendor == "sqlite":
        connections.close_all()
        target = Path(str(settings.DATABASES["default"]["NAME"]))
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(database, target.with_name(target.name + ".new"))
        target.with_name(target.name + ".new").replace(target)
        return
    connections.close_all()
    _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(database)])


def _run(command: list[str]) -> None:
    """Run a PostgreSQL tool with the connection of the settings; the password goes by environment."""
    import os

    parts = settings.DATABASES["default"]
    environment = os.environ | {"PGPASSWORD": str(parts["PASSWORD"])}
    where = [f"--dbname={parts['NAME']}"]
    for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if parts[key]:
            where.append(f"{option}={parts[key]}")
    tool = shutil.which(command[0])
    if tool is None:
        raise ArchiveError(f"{command[0]} is not installed / 未安装 {command[0]}")
    done = subprocess.run([tool, *command[1:], *where], env=environment, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise ArchiveError(done.stderr.decode(errors="replace").strip())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
