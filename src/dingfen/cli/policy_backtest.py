"""`dingfen policy backtest`: a pack tried on the recorded history of this installation. Reads only."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from collections import Counter
from typing import Any

from dingfen.engine.schema import Pack

WORDS = {
    "same": ("不变", "unchanged"), "holder": ("归属翻转", "another holder"), "split": ("分成改变", "another split"),
    "declined": ("规则不能裁决", "no longer decided"), "decided": ("规则可以裁决", "now decided"),
    "lapses": ("会失效", "would lapse"), "survives": ("不会失效", "would not lapse"),
    "other_day": ("失效日不同", "lapses another day"), "level": ("定级不同", "another level"),
    "late": ("会逾期", "would be late"), "in_time": ("不会逾期", "would be in time"),
    "measure": ("批准人不同", "another approver"),
}  # fmt: skip


def run_backtest(options: argparse.Namespace) -> int:
    """Print what would differ. 2: nothing to try it on, or a wrong argument."""
    from dingfen.cli.policy import read
    from dingfen.cli.setup import start

    pack, _ = read(options.pack)
    if pack.ownership is None and pack.complaints is None:
        text = "rules neither on ownership nor on complaints, nothing to try / 没有归属或投诉规则，无可回测"
        print(f"{pack.id}: {text}", file=sys.stderr)
        return 2
    start()
    try:
        since = dt.datetime.fromisoformat(options.since).replace(tzinfo=dt.UTC) if options.since else None
    except ValueError:
        print(f"{options.since}: write a day like 2026-01-01 / 请写成 2026-01-01", file=sys.stderr)
        return 2
    unit, against, problem = _found(pack, options)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    started = time.perf_counter()
    result = _tried(pack, unit, against, since, quiet=options.json)
    result["seconds"] = round(time.perf_counter() - started, 3)
    print(json.dumps(result, ensure_ascii=False) if options.json else _text(result, options.language == "en"))
    return 0


def _found(pack: Pack, options: argparse.Namespace) -> tuple[Any, Pack | None, str]:
    """The unit whose history is read, and the pack to compare with (None: the versions of their time)."""
    from dingfen.accounts.models import Unit
    from dingfen.policies.models import PolicyVersion
    from dingfen.policies.queries import pack_of

    versions = PolicyVersion.objects.filter(pack=pack.id).select_related("unit").order_by("-pk")
    if options.unit:
        unit = Unit.objects.filter(code=options.unit).first()
    else:
        published = versions.filter(state=PolicyVersion.State.PUBLISHED).first()
        unit = published.unit if published else None
    if unit is None:
        return (
            None,
            None,
            f"{pack.id}: no unit uses this pack; name one with --unit / 没有单位使用，请用 --unit 指定",
        )
    if not options.against:
        return unit, None, ""
    old = versions.filter(version=options.against).first()
    if old is None:
        return None, None, f"{options.against}: no such version of {pack.id} / 没有这个版本"
    return unit, pack_of(old), ""


def _tried(
    pack: Pack, unit: Any, against: Pack | None, since: dt.datetime | None, quiet: bool
) -> dict[str, Any]:
    from dingfen.backtests.running import BATCH, SOURCES, compared, stages_of

    at = dt.datetime.now(dt.UTC)
    result: dict[str, Any] = {"pack": pack.id, "version": pack.version, "unit": unit.code, "differences": []}
    for stage in stages_of(pack):
        source = SOURCES[stage](unit, since)
        counts, last, total, done = Counter[str](), 0, source.count(), 0
        while rows := list(source.filter(pk__gt=last)[: BATCH[stage]]):
            last, done = rows[-1].pk, done + len(rows)
            for row, kind, before, after in compared(rows, against, pack, at):
                counts[kind] += 1
                if kind != "same":
                    name = str(row.uid) if stage == "holds" else row.case.number
                    result["differences"].append({"of": name, "kind": kind, "before": before, "after": after})
            if not quiet and sys.stderr.isatty():
                print(f"\r{stage} {done}/{total}", end="", file=sys.stderr)
        result[stage] = dict(counts)
    return result


def _text(result: dict[str, Any], english: bool) -> str:
    lines = [f"{result['pack']} {result['version']}  {result['unit']}  {result['seconds']} s"]
    labels = {
        "disputes": ("争议", "disputes"),
        "holds": ("归属", "holdings"),
        "complaints": ("投诉", "complaints"),
    }
    for stage, label in labels.items():
        if stage not in result:
            continue
        counted = "  ".join(
            f"{WORDS[kind][english]} {number}" for kind, number in sorted(result[stage].items())
        )
        lines.append(f"{label[english]}: {counted or '–'}")
        lines.append(f"  {_note(stage, english)}")
    lines += [
        f"  {one['of']}  {WORDS[one['kind']][english]}  {_short(one['before'])} → {_short(one['after'])}"
        for one in result["differences"][:50]
    ]
    return "\n".join(lines)


def _note(stage: str, english: bool) -> str:
    """How this kind is followed, and what it therefore does not say."""
    from django.utils.translation import override

    from dingfen.backtests.texts import NOTES

    with override("en" if english else "zh-hans"):
        return str(NOTES[stage])


def _short(side: dict[str, Any]) -> str:
    if "lapsed_at" in side:
        return str(side["lapsed_at"] or "–")
    if "level" in side:
        return (
            " ".join(str(each) for each in (side["level"], *side["late"], *side["approvers"]) if each) or "–"
        )
    return f"{side['outcome']} {side['holder'] or side['split'] or ''} {side['article'] or ''}".strip()
