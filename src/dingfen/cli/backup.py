"""`dingfen backup FILE`: one archive of database, attachments and a manifest that says what it must hold."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="备份文件 / the archive to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 2 when the file exists already: a backup never overwrites one."""
    if options.file.exists():
        print(f"{options.file} already exists / 文件已存在", file=sys.stderr)
        return 2
    start()
    from dingfen.database import archive

    manifest = archive.write(options.file)
    print(f"{options.file}: {manifest['register_size']} entries / 条目")
    return 0
