"""`dingfen policy …`: packs on disk, read, checked, tried, printed and compared. Needs no database."""

from __future__ import annotations

import argparse
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dingfen.cli.policy_backtest import run_backtest
from dingfen.cli.policy_draft import run_draft
from dingfen.cli.policy_language import run_reference, run_schema
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.check import Finding, lint
from dingfen.engine.counting import counts
from dingfen.engine.diff import Changed, diff
from dingfen.engine.errors import PackErrors
from dingfen.engine.extending import Bases
from dingfen.engine.load import HEADER_FILE, digest, load_with_places, place_of
from dingfen.engine.reference import flow
from dingfen.engine.render import Language, render
from dingfen.engine.scenarios import Scenario, read_scenarios
from dingfen.engine.schema import Pack
from dingfen.engine.sources import Source
from dingfen.engine.trying import Covered, Outcome, coverage, run_scenarios
from dingfen.packs import SHIPPED, pack_files, scenario_files

_PLAIN_CALENDAR = {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}
_SEVERITIES = {"error": ("错误", "error"), "warning": ("提醒", "warning"), "info": ("提示", "info")}


class Unusable(Exception):
    """A folder is no pack at all; the text says why."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add what stands under `dingfen policy`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add(actions, "list", run_list, "随附的制度包 / packs that come with Dingfen")
    checked = _add(actions, "lint", run_lint, "检查制度包 / read a pack and check it", packs=("pack",))
    checked.add_argument(
        "--unit", metavar="CODE", help="再查该单位无人担任的角色 / also find roles nobody there holds"
    )
    _add(actions, "test", run_test, "跑场景 / try a pack on its scenarios", packs=("pack",))
    book = _add(actions, "render", run_render, "印成制度文本 / print the rule book", packs=("pack",))
    book.add_argument("--out", type=Path, help="写入文件 / write to this file")
    schema = _add(
        actions, "schema", run_schema, "供编辑器使用的 JSON Schema / JSON Schema of pack files, for editors"
    )
    schema.add_argument("--scenarios", action="store_true", help="场景文件的 / of scenario files")
    schema.add_argument("--partial", action="store_true", help="沿用他包的 / of a pack that extends another")
    _add(actions, "reference", run_reference, "制度包的写法（Markdown） / the language of packs as Markdown")
    _add(
        actions,
        "diff",
        run_diff,
        "对照两个制度包 / what changed between two packs",
        packs=("before", "after"),
    )
    story = _add(actions, "try", run_try, "用案情试算 / what a pack makes of a story", packs=("pack",))
    story.add_argument(
        "file",
        type=Path,
        help="一个场景（YAML），可不写 expect / one scenario (YAML), expect may be left out",
    )
    tried = _add(
        actions,
        "backtest",
        run_backtest,
        "回测：在历史记录上试用 / try a pack on recorded history",
        packs=("pack",),
    )
    tried.add_argument("--against", metavar="VERSION", help="与此版本对照 / compare with this version")
    tried.add_argument("--since", metavar="DATE", help="自何日起，如 2026-01-01 / since which day")
    tried.add_argument("--unit", metavar="CODE", help="哪个单位的历史 / whose history")
    text = _add(actions, "draft", run_draft, "从制度文本起草 / a written rule becomes a draft pack")
    text.add_argument("file", help="文件，- 为标准输入 / .txt, .md, .docx, .pdf; - reads pasted text")
    text.add_argument("--out", type=Path, help="写入文件夹 / write the draft pack to this folder")


def _add(
    actions: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, packs: tuple[str, ...] = ()
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
    for pack in packs:
        parser.add_argument(pack, help="文件夹，或随附制度包的名称 / a folder, or the name of a shipped pack")
    parser.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    parser.add_argument("--language", choices=("zh", "en"), default=None, help="语言 / language")
    parser.set_defaults(run=lambda options: _safely(run, options))
    return parser


def _safely(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    options.language = options.language or ("zh" if os.environ.get("LANG", "zh").startswith("zh") else "en")
    try:
        return run(options)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    except PackErrors as errors:
        _print_errors(errors, options)
        return 1


def read(name: str) -> tuple[Pack, list[Scenario]]:
    """A pack and its scenarios from a folder or by its shipped name. Raises PackErrors, Unusable."""
    pack, _, scenarios = read_with_places(name)
    return pack, scenarios


def read_with_places(name: str) -> tuple[Pack, Source, list[Scenario]]:
    """The same, with the places of the pack's keys."""
    folder = Path(name)
    if not folder.is_dir() and name in SHIPPED:
        return *load_with_places(pack_files(name), pack_files), read_scenarios(scenario_files(name))
    if not folder.is_dir():
        raise Unusable(f"{name}: no folder, and no shipped pack ({', '.join(SHIPPED)})")
    return *load_with_places(_texts(folder), _base_of(folder)), read_scenarios(_texts(folder / "scenarios"))


def _base_of(folder: Path) -> Bases:
    """A pack may extend a shipped one, or one whose folder lies beside its own."""

    def texts(name: str) -> dict[str, str]:
        beside = folder.resolve().parent / name
        return _texts(beside) if (beside / HEADER_FILE).is_file() else pack_files(name)

    return texts


def _texts(folder: Path) -> dict[str, str]:
    try:
        return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{folder}: {error}") from error


def calendar_of(pack: Pack) -> Calendar:
    """The pack's own calendar with its public holidays, or five plain working days."""
    from dingfen.clocks.statutory import build_calendar

    return build_calendar(pack.calendar or CalendarForm.model_validate(_PLAIN_CALENDAR))


def run_list(options: argparse.Namespace) -> int:
    """Print each shipped pack with what it holds, and whether lint finds an error in it."""
    rows = [_row(name) for name in SHIPPED]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    chinese = options.language == "zh"
    head = ("制度包", "版本", "条款", "规则", "时限", "场景", "检查", "名称") if chinese else (
        "pack", "version", "articles", "rules", "clocks", "scenarios", "lint", "title")  # fmt: skip
    lines = [head, *(_line(row, options.language) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print(
            "  ".join(
                text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)
            ).rstrip()
        )
    return 0


def _row(name: str) -> dict[str, Any]:
    pack, _, scenarios = read_with_places(name)
    errors = sum(each.severity == "error" for each in lint(pack, scenarios))
    holds = counts(pack)
    return {
        "id": pack.id,
        "title": pack.title.model_dump(),
        "version": pack.version,
        "digest": digest(pack),
        "articles": holds.articles,
        "rules": holds.rules,
        "clocks": holds.clocks,
        "scenarios": len(scenarios),
        "errors": errors,
        "clean": not errors,
    }


def _line(row: dict[str, Any], language: str) -> tuple[str, ...]:
    numbers = (str(row[name]) for name in ("articles", "rules", "clocks", "scenarios"))
    return (
        row["id"],
        row["version"],
        *numbers,
        "✓" if row["clean"] else f"✗ {row['errors']}",
        row["title"][language],
    )


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def run_lint(options: argparse.Namespace) -> int:
    """Print all findings; 1 when one is an error."""
    pack, source, scenarios = read_with_places(options.pack)
    findings = lint(pack, scenarios, _held(options.unit) if options.unit else None)
    if options.json:
        print(json.dumps([_finding(each, source) for each in findings], ensure_ascii=False))
    else:
        text_of, mend_of = _texts_in(options.language)[1:]
        for each in findings:
            severity = _SEVERITIES[each.severity][options.language == "en"]
            place = place_of(source, each.where)
            at = f"{place.file}:{place.line + 1}"
            print(f"{severity} {at}: {each.where}: {text_of(each)} {mend_of(each)} [{each.code}]")
            if each.example:
                print(f"    {flow(dict(each.example))}")
    return int(any(each.severity == "error" for each in findings))


def _held(code: str) -> frozenset[str]:
    """The roles somebody holds in the company of a unit of this installation. Raises Unusable."""
    from dingfen.cli.setup import start

    start()
    from dingfen.accounts.models import Unit
    from dingfen.policies.queries import roles_held

    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Unusable(f"{code}: no such unit here / 没有此单位")
    return roles_held(unit.company_id or unit.pk)


def run_test(options: argparse.Namespace) -> int:
    """Run the pack's scenarios; 1 when one fails or there is none."""
    pack, scenarios = read(options.pack)
    outcomes = run_scenarios(pack, scenarios, calendar_of(pack))
    passed = sum(each.passed for each in outcomes)
    if options.json:
        print(json.dumps([_outcome(each) for each in outcomes], ensure_ascii=False, default=str))
    else:
        for each in outcomes:
            _print_outcome(each, options.language)
        _print_coverage(pack, coverage(pack, scenarios), options.language)
        print(f"{passed}/{len(outcomes)}")
    return int(passed < len(outcomes) or not outcomes)


def run_try(options: argparse.Namespace) -> int:
    """Print what the rules make of one story, with the reasons."""
    pack, _ = read(options.pack)
    _texts_in(options.language)
    from dingfen.policies import trials
    from dingfen.problems import Problem

    try:
        tried = trials.attempt(pack, trials.read_story(options.file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, Problem) as problem:
        raise Unusable(f"{options.file}: {problem}") from problem
    if options.json:
        shown = {"found": trials.as_yaml(tried.found), "ruling": tried.ruling}
        print(json.dumps(shown, ensure_ascii=False, default=str))
        return 0
    for key, value in tried.found.items():
        if key != "facts" and value not in (None, {}, [], (), ""):
            print(f"{key:12} {json.dumps(trials.as_yaml(value), ensure_ascii=False, default=str)}")
    return 0


def run_render(options: argparse.Namespace) -> int:
    """Print the rule book, or write it to a file."""
    pack, _ = read(options.pack)
    language: Language = "en" if options.language == "en" else "zh"
    text = render(pack, language)
    if options.json:
        print(json.dumps({"pack": pack.id, "version": pack.version, "language": language, "text": text}))
    elif options.out is not None:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def run_diff(options: argparse.Namespace) -> int:
    """Print each changed value with its article."""
    changes = diff(read(options.before)[0], read(options.after)[0])
    if options.json:
        print(json.dumps([_change(each) for each in changes], ensure_ascii=False))
        return 0
    for each in changes:
        article = f" [{each.article}]" if each.article else ""
        print(f"{each.where}{article}: {_short(each.before)} → {_short(each.after)}")
    return 0


def _short(value: Any) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


def _finding(finding: Finding, source: Source) -> dict[str, Any]:
    place = place_of(source, finding.where)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "where": finding.where,
        "file": place.file,
        "line": place.line + 1,
        "params": dict(finding.params),
        "example": dict(finding.example),
    }


def _change(change: Changed) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "where": change.where,
        "article": change.article,
        "before": change.before,
        "after": change.after,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    differences = [{"key": d.key, "expected": d.expected, "found": d.found} for d in outcome.differences]
    return {"id": outcome.scenario.id, "passed": outcome.passed, "differences": differences}


def _print_outcome(outcome: Outcome, language: str) -> None:
    mark = "✓" if outcome.passed else "✗"
    print(f"{mark} {outcome.scenario.id}  {getattr(outcome.scenario.title, language)}")
    for each in outcome.differences:
        found = json.dumps(each.found, ensure_ascii=False, default=str)
        print(f"    {each.key}: expected {_short(each.expected)}, found {found}")


def _print_coverage(pack: Pack, covered: Sequence[Covered], language: str) -> None:
    """Each article the machine runs: in how many stories it decides, in how many it just doesn't."""
    decides, outside = ("决定", "不及") if language == "zh" else ("decides", "outside")
    for each in covered:
        title = getattr(pack.article_index[each.article].title, language)
        mark = "✓" if each.decides and each.outside else "–"
        print(f"{mark} {each.article:8} {decides} {len(each.decides)} {outside} {len(each.outside)}  {title}")


def _print_errors(errors: PackErrors, options: argparse.Namespace) -> None:
    if options.json:
        rows = [
            {
                "file": each.file, "line": each.line, "column": each.column, "key": each.key,
                "code": each.message_code, "params": dict(each.params), "accepted": each.accepted,
            }
            for each in errors.errors
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, default=str))
        return
    text_of = _texts_in(options.language)[0]
    for each in errors.errors:
        print(f"{each.file}:{each.line}:{each.column}: {each.key}: {text_of(each)} [{each.message_code}]")


def _texts_in(language: str) -> Sequence[Callable[[Any], str]]:
    """How errors and findings are worded in a language."""
    from dingfen.cli.setup import start

    start()
    from django.utils.translation import activate

    from dingfen.policies.findings import error_text, finding_text, mend_text

    activate("zh-hans" if language == "zh" else "en")
    return error_text, finding_text, mend_text
