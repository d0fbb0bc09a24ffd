"""`dingfen restore FILE`: put a backup in the place of an empty installation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="备份文件 / the archive to read")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when the archive does not fit this installation; nothing is changed then."""
    start()
    from dingfen.database import archive

    try:
        manifest = archive.read(options.file)
    except archive.ArchiveError as error:
        print(f"{error}", file=sys.stderr)
        return 1
    from django.utils import timezone

    from dingfen.parties import erasing
    from dingfen.register.bodies import SYSTEM
    from dingfen.register.restoring import record_restore

    record_restore(actor_id=SYSTEM, at=timezone.now())
    erased = erasing.replay(timezone.now())
    print(f"{manifest['register_size']} entries restored / 条目已还原")
    if erased:
        print(f"{erased} customers erased again / 位客户已再次销毁")
    return 0
