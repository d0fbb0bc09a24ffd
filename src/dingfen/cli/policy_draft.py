"""`dingfen policy draft`: a written rule becomes a draft pack, everything marked for review. No database."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from dingfen.engine.draft import Draft, draft
from dingfen.policies.documents import Unreadable, text_of
from dingfen.policies.draft_files import files

REFUSED = {
    "suffix": ("只读 .txt、.md、.docx、.pdf 文件", "reads .txt, .md, .docx and .pdf files only"),
    "too_large": ("文件超过 20 MB", "the file is larger than 20 MB"),
    "encrypted": ("文件有密码，请去掉密码后再试", "the file has a password; save it without one"),
    "damaged": ("文件打不开，请另存一份再试", "the file cannot be read; save a fresh copy"),
    "no_text": (
        "文件里没有文字；扫描件请先识别文字",
        "no text in the file; a scan needs text recognition first",
    ),
}
KINDS = {
    "duration": ("时长", "duration"), "deadline": ("截止时间", "deadline"), "frequency": ("频率", "frequency"),
    "hours": ("服务时间", "hours"), "amount": ("金额", "amount"), "percentage": ("比例", "percentage"),
    "points": ("分数", "points"), "count": ("人数", "count"), "levels": ("级别", "levels"), "role": ("角色", "role"),
    "duty": ("义务", "duty"), "ban": ("禁止", "ban"), "sanction": ("处分", "sanction"), "step": ("步骤", "step"),
    "condition": ("条件", "condition"), "definition": ("定义", "definition"),
}  # fmt: skip


def run_draft(options: argparse.Namespace) -> int:
    """Print articles and findings, or write a draft pack to a folder. 2: the file cannot be read."""
    english = options.language == "en"
    path = Path(options.file)
    try:
        text = text_of(sys.stdin.buffer.read() if options.file == "-" else path.read_bytes(),
                       "pasted.txt" if options.file == "-" else path.name)  # fmt: skip
    except Unreadable as problem:
        print(f"{problem.name}: {REFUSED[problem.code][english]}", file=sys.stderr)
        return 2
    except OSError as problem:
        print(f"{options.file}: {problem.strerror}", file=sys.stderr)
        return 2
    found = draft(text, simplified)
    if options.out is not None:
        _write(found, options.out, path.name)
    if options.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        _print(found, english)
    return 0


def simplified(text: str) -> str:
    """Traditional characters to Simplified ones."""
    import opencc

    return str(opencc.OpenCC("t2s").convert(text))


def _print(found: Draft, english: bool) -> None:
    for article in found.articles:
        print(f"{article.id:12} {' '.join(article.path):16} {article.heading or article.text[:30]}")
        for one in (each for each in found.findings if each.article == article.id and each.kind != "role"):
            value = "、".join(one.value) if isinstance(one.value, tuple) else one.value
            rule = f" → {one.proposal['topic']}.{one.proposal['key']}" if one.proposal else ""
            print(f"    {KINDS[one.kind][english]} {value} {one.of}{rule}  ({one.confidence:.0%})")


def _write(found: Draft, folder: Path, source: str) -> None:
    """Write the files of a pack; a folder that holds a pack already is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "pack.yaml").exists():
        raise SystemExit(f"{folder}: already holds a pack / 已有制度包")
    whole = found.as_json()
    proposals = [one for one in whole["findings"] if one["proposal"]]
    for name, text in files(Path(source).stem, source, whole["articles"], proposals, agreed=False).items():
        (folder / name).write_text(text, encoding="utf-8")
