"""`dingfen register verify|export|prove|rotate-key|witness`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from dingfen.cli import witness
from dingfen.cli.setup import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=["zh", "en"], help="语言 / language")
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)

    verify = parts.add_parser("verify", help="核验整个登记簿 / verify the whole register")
    verify.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    verify.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="见证方的密钥 / key of a witness"
    )
    verify.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="此前保存的封存摘要 / a seal kept earlier",
    )
    verify.add_argument(
        "--witnesses",
        type=int,
        default=0,
        metavar="N",
        help="至少须有几方见证 / how many must have witnessed",
    )
    verify.set_defaults(run=_verify)

    export = parts.add_parser("export", help="导出供 dingfen-verify 核验 / export for dingfen-verify")
    export.add_argument("file", type=Path, metavar="FILE", help="写入文件 / written to this file")
    export.add_argument("--with-personal", action="store_true", help="含个人信息 / with personal data")
    export.add_argument(
        "--company",
        action="append",
        default=[],
        metavar="CODE",
        help="只含这些公司 / of these companies alone",
    )
    export.add_argument("--tiles", action="store_true", help="导出为 tlog-tiles 文件夹 / as tlog-tiles")
    export.set_defaults(run=_export)

    prove = parts.add_parser("prove", help="一个条目的存在证明 / the inclusion proof of an entry")
    prove.add_argument("entry", metavar="ENTRY", help="编号 BOOK-YYYYMMDD-NNNN / its number")
    prove.add_argument("--out", type=Path, metavar="FILE", help="写入文件 / written to this file")
    prove.set_defaults(run=_prove)

    rotate = parts.add_parser("rotate-key", help="更换签名密钥 / let a new key sign from now on")
    rotate.set_defaults(run=_rotate)

    witness.add(parts.add_parser("witness", help="见证方 / who witnesses the register"))


def _lang(options: argparse.Namespace) -> str:
    from dingfen.register.verifying import language

    return str(options.lang or language())


def _say(options: argparse.Namespace, zh: str, en: str) -> None:
    print(zh if _lang(options) == "zh" else en, file=sys.stderr)


def _verify(options: argparse.Namespace) -> int:
    start()
    from dingfen.register.notes import NoteError, VerifyKey
    from dingfen.register.verification import verify
    from dingfen.register.words import explain

    try:
        witnesses = [VerifyKey.parse(text) for text in options.witness]
        kept = [path.read_text(encoding="utf-8") for path in options.checkpoint]
    except (NoteError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    verdict = verify(witnesses=witnesses, kept=kept)
    if options.json:
        print(json.dumps(verdict.document(), ensure_ascii=False))
    else:
        print("\n".join(explain(verdict, _lang(options))))
    return verdict.exit_code(options.witnesses)


def _export(options: argparse.Namespace) -> int:
    start()
    from django.utils import timezone

    from dingfen.accounts.models import Unit
    from dingfen.register import exporting
    from dingfen.register.sealing import record_export, sign_checkpoint
    from dingfen.register.signing import log_key

    codes = set(options.company)
    units = list(Unit.objects.filter(parent=None, code__in=codes))
    absent = codes - {unit.code for unit in units}
    if absent:
        _say(options, f"没有公司 {'、'.join(sorted(absent))}。", f"No company {', '.join(sorted(absent))}.")
        return 2
    if options.tiles and (codes or options.with_personal):
        _say(
            options, "tlog-tiles 总是全部条目，不含个人信息。", "Tiles hold all entries and no personal data."
        )
        return 2
    now = timezone.now()
    record_export(at=now, with_personal=options.with_personal)
    checkpoint = sign_checkpoint(now)
    if options.tiles:
        exporting.write_tiles(options.file)
    else:
        companies = {unit.uid for unit in units} if codes else None
        _write(options.file, exporting.lines(companies=companies, with_personal=options.with_personal))
    key = log_key()
    _say(
        options,
        f"已导出 {checkpoint.size:,} 条到 {options.file}；签名密钥：{key}",
        f"{checkpoint.size:,} entries exported to {options.file}; signing key: {key}",
    )
    return 0


def _write(path: Path, lines: Iterable[str]) -> None:
    """Whole or not at all."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    temporary.replace(path)


def _prove(options: argparse.Namespace) -> int:
    start()
    from django.utils import timezone

    from dingfen.register import exporting
    from dingfen.register.queries import find_entry
    from dingfen.register.sealing import sign_checkpoint
    from dingfen.register.signing import log_key

    entry = find_entry(options.entry)
    if entry is None:
        _say(options, f"没有条目 {options.entry}。", f"No entry {options.entry}.")
        return 2
    sign_checkpoint(timezone.now())
    path = options.out or Path(f"{entry.name}.tlog-proof")
    _write(path, [exporting.prove(entry).to_text()])
    key = log_key()
    _say(
        options,
        f"{path}：用 dingfen-verify --key {key} 核验",
        f"{path}: check with dingfen-verify --key {key}",
    )
    return 0


def _rotate(options: argparse.Namespace) -> int:
    start()
    from django.utils import timezone

    from dingfen.problems import Problem
    from dingfen.register import outside, signing

    try:
        new = signing.rotate(at=timezone.now())
    except Problem:
        _say(options, "登记簿还没有条目。", "The register has no entries yet.")
        return 2
    outside.keep()
    print(new)
    _say(
        options,
        "已更换。请备份密钥文件夹，并把新密钥告知见证方和核验者。",
        "Changed. Back up the folder of keys, and give the new key to witnesses and to those who verify.",
    )
    return 0
