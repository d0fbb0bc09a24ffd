"""`dingfen register witness add|remove|list|ask`."""

from __future__ import annotations

import argparse
import json
import sys

from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    new = parts.add_parser("add", help="请一方见证 / ask somebody to witness")
    new.add_argument(
        "url", metavar="URL", help="https://…，其下有 add-checkpoint / the address above add-checkpoint"
    )
    new.add_argument("vkey", metavar="VKEY", help="密钥 name+id+base64 / its key")
    new.add_argument("--own-network", action="store_true", help="在本单位网络内 / has a private address")
    new.set_defaults(run=_add)
    gone = parts.add_parser("remove", help="不再请其见证 / ask no more")
    gone.add_argument("name", metavar="NAME", help="见证方的名称 / name of the witness")
    gone.set_defaults(run=_remove)
    shown = parts.add_parser("list", help="见证方与其进度 / witnesses and how far they are")
    shown.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    shown.set_defaults(run=_list)
    parts.add_parser("ask", help="立即请各方见证 / ask them all now").set_defaults(run=_ask)


def _add(options: argparse.Namespace) -> int:
    start()
    from django.utils import timezone

    from dingfen.problems import Problem
    from dingfen.register import witnesses
    from dingfen.wording import field_errors, problem_text

    try:
        witnesses.add(at=timezone.now(), url=options.url, vkey=options.vkey, own_network=options.own_network)
    except Problem as problem:
        faults = [text for texts in field_errors(problem).values() for text in texts]
        print(" ".join(faults) or problem_text(problem), file=sys.stderr)
        return 2
    return _list(options)


def _remove(options: argparse.Namespace) -> int:
    start()
    from django.utils import timezone

    from dingfen.problems import Problem
    from dingfen.register import witnesses

    try:
        witnesses.remove(at=timezone.now(), name=options.name)
    except Problem:
        print(f"没有见证方 {options.name} / no witness {options.name}", file=sys.stderr)
        return 2
    return _list(options)


def _list(options: argparse.Namespace) -> int:
    start()
    from dingfen.register.models import Witness

    for row in Witness.objects.filter(removed_at=None).order_by("pk"):
        if getattr(options, "json", False):
            signed = row.signed_at.isoformat() if row.signed_at else None
            known = {"name": row.name, "url": row.url, "vkey": row.vkey, "state": row.state}
            print(json.dumps({**known, "size": row.size, "signed_at": signed, "error": row.error}))
        else:
            print(f"{row.name}  {row.state}  {row.size:,}  {row.url}  {row.error}".rstrip())
    return 0


def _ask(options: argparse.Namespace) -> int:
    """Ask now, whatever the waiting time; 4 where one has seen another history, 3 where one did not sign."""
    start()
    from django.utils import timezone

    from dingfen.register import witnessing
    from dingfen.register.models import Witness
    from dingfen.register.sealing import sign_checkpoint

    at = timezone.now()
    sign_checkpoint(at)
    Witness.objects.filter(removed_at=None).update(next_at=at)
    witnessing.collect(at)
    _list(options)
    states = set(Witness.objects.filter(removed_at=None).values_list("state", flat=True))
    if Witness.State.DIVERGED in states:
        return 4
    return 3 if states - {Witness.State.SIGNING} else 0
