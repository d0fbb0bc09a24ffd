"""`dingfen-verify FILE`: check an export of the register, a proof of one entry, or the file of one case, offline.

Needs the standard library and `cryptography`, nothing else. Exit codes: 0 it holds, 1 INVALID, 2 wrong usage,
3 it holds but fewer operators than asked for (`--witnesses N`) have witnessed it, 4 DIVERGED.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dingfen.register.casefile import explain_case_file, is_case_file, verify_case_file
from dingfen.register.checking import Verdict
from dingfen.register.exportfile import NotAnExport, Trust, verify_file, verify_proof
from dingfen.register.notes import PROOF_HEADER, NoteError, VerifyKey
from dingfen.register.words import explain, explain_proof


def main(argv: Sequence[str] | None = None) -> int:
    """Check one file and say what was found; the exit code is the result."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(argv)
    lang = options.lang or language()
    try:
        trust = Trust(
            keys=[VerifyKey.parse(text) for text in options.key],
            witnesses=[VerifyKey.parse(text) for text in options.witness],
            kept=[Path(name).read_text(encoding="utf-8") for name in options.checkpoint],
        )
        if is_case_file(options.file):
            return _case_file(options, trust, lang)
        proof = _proof_text(options.file)
        if proof is not None and not trust.keys:
            raise NoteError(_NEEDS_KEY[0 if lang == "zh" else 1])
        verdict = verify_file(options.file, trust) if proof is None else verify_proof(proof, trust)
    except (NotAnExport, NoteError, OSError, UnicodeDecodeError) as error:
        print(f"dingfen-verify: {error}", file=sys.stderr)
        return 2
    _print(verdict, lang, as_json=options.json, is_proof=proof is not None)
    return verdict.exit_code(options.witnesses)


def _case_file(options: argparse.Namespace, trust: Trust, lang: str) -> int:
    verdict = verify_case_file(options.file, trust)
    lines = (
        [json.dumps(verdict.document(), ensure_ascii=False)]
        if options.json
        else explain_case_file(verdict, lang)
    )
    print("\n".join(lines))
    return verdict.exit_code(options.witnesses)


_NEEDS_KEY = (
    "核验单条证明须用 --key 给出登记簿的签名密钥（name+id+base64）。",
    "a proof is checked against the register's key: give it with --key (name+id+base64)",
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dingfen-verify",
        description="核验登记簿的导出文件、单条证明或案卷 / check an export of the register, a proof or a case file",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--key", action="append", default=[], metavar="VKEY", help="登记簿的签名密钥 / the register's key"
    )
    parser.add_argument(
        "--witness", action="append", default=[], metavar="VKEY", help="见证方的密钥 / a witness's key"
    )
    parser.add_argument(
        "--witnesses",
        type=int,
        default=0,
        metavar="N",
        help="至少须有几方见证，否则退出码 3 / least operators",
    )
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="FILE",
        help="您此前保存的封存摘要 / a checkpoint you kept",
    )
    parser.add_argument("--lang", choices=["zh", "en"], help="语言 / language")
    parser.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    return parser


def language() -> str:
    """Chinese first: English where the environment asks for a language other than Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value.split(".")[0] not in {"C", "POSIX"}:
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh"


def _proof_text(path: Path) -> str | None:
    """The file's text when it is a tlog-proof."""
    with path.open("rb") as file:
        if file.read(len(PROOF_HEADER)) != PROOF_HEADER.encode():
            return None
    return path.read_text(encoding="utf-8")


def _print(verdict: Verdict, lang: str, *, as_json: bool, is_proof: bool) -> None:
    if as_json:
        print(json.dumps(verdict.document(), ensure_ascii=False))
        return
    print("\n".join(explain_proof(verdict, lang) if is_proof else explain(verdict, lang)))


if __name__ == "__main__":
    sys.exit(main())
