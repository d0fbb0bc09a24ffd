"""`dingfen worker`: clocks, messages, heavy work and upkeep, without the web."""

from __future__ import annotations

import argparse

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    start()
    from dingfen import worker

    return worker.main()
