"""`dingfen migrate`: make or update the database."""

from __future__ import annotations

import argparse

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    start()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return 0
