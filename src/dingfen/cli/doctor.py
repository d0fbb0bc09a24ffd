"""`dingfen check`: is this installation sound?"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print each finding; exit code 1 when one of them is a fault."""
    start()
    findings = list(examine())
    if options.json:
        print(json.dumps([dict(zip(("name", "ok", "detail"), row, strict=True)) for row in findings]))
    else:
        for name, ok, detail in findings:
            print(f"{'ok   ' if ok else 'FAULT'} {name}: {detail}")
    return 0 if all(ok for _, ok, _ in findings) else 1


def examine() -> Iterator[tuple[str, bool, str]]:
    """Yield (name, sound, detail) of database, migrations, disk and register head."""
    import sqlite3

    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from dingfen.database import swap
    from dingfen.register import outside, triggers
    from dingfen.register.models import Checkpoint, Head
    from dingfen.register.restoring import lost_checkpoints

    if connection.vendor == "sqlite":
        yield "sqlite", swap.is_safe(), f"{sqlite3.sqlite_version} (3.51.3 or later needed)"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            result = cursor.fetchone()[0]
        yield "database file", result == "ok", result
    else:
        yield "database", True, f"PostgreSQL {connection.pg_version}"  # type: ignore[attr-defined]
    executor = MigrationExecutor(connection)
    open_ones = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    yield "migrations", open_ones == 0, f"{open_ones} to apply"
    free = shutil.disk_usage(settings.HOME).free
    yield "disk", free > 500_000_000, f"{free // 1_000_000} MB free"
    head = Head.objects.first()
    last = Checkpoint.objects.order_by("-size").first()
    size, sealed = head.size if head else 0, last.size if last else 0
    yield "register", size >= sealed, f"{size} entries, last checkpoint at {sealed}"
    kept, lost = outside.read(), lost_checkpoints(size)
    detail = f"{len(kept)} outside the database, {len(lost)} beyond the register's end"
    yield "checkpoints", not lost, detail
    absent = triggers.missing(connection)
    yield "triggers", not absent, ", ".join(absent) or "entries, nodes, checkpoints and looks only grow"
