"""`dingfen demo`: load the demo data into an empty installation."""

from __future__ import annotations

import argparse
import sys

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when there is an organisation already: nothing is changed then."""
    start()
    from django.core.management import call_command

    from dingfen.demo import load

    call_command("migrate", verbosity=0, interactive=False)
    if not load.once(sys.stderr.write):
        print("已有数据，未作改动 · there is data already; nothing was changed", file=sys.stderr)
        return 1
    print("\n".join(load.sign_ins()))
    return 0
