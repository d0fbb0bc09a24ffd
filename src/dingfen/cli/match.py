"""`dingfen match …`: records of one customer found in files, which needs no database, or in the database."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dingfen.matching.files import Compared, Rows
    from dingfen.problems import Problem

MOST_ROWS = 20_000_000
_ID = re.compile(
    r"(?:^|[\W_])(?:id|no|key|code|rid|qid)(?:$|[\W_])|(?<=[a-z])I[Dd]$|编号|序号|编码|代码|标识", re.I
)
_ALIASES = {
    "name": "person", "company_name": "company", "employer": "company", "mobile": "phone", "tel": "phone",
    "first_name": "given", "last_name": "surname", "date_of_birth": "birth", "dob": "birth", "zip": "postcode",
    "province": "region", "state": "region", "county": "district", "suburb": "district", "id_number": "document",
    "title": "name",
}  # fmt: skip


class Unusable(Exception):
    """A file cannot be used; the text says where and why."""


def add(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    evaluate = parts.add_parser("evaluate", help="准确率与召回率 / precision and recall against known pairs")
    evaluate.add_argument(
        "--left", required=True, type=Path, metavar="FILE", help="CSV 或 Excel / CSV or Excel"
    )
    evaluate.add_argument("--right", type=Path, metavar="FILE", help="第二份名单 / a second list")
    evaluate.add_argument(
        "--truth", required=True, type=Path, metavar="FILE", help="两列编号 / two columns of ids"
    )
    lookup = parts.add_parser("lookup", help="逐条查找 / the base's best row for each query")
    lookup.add_argument("--base", required=True, type=Path, metavar="FILE", help="客户名单 / the base")
    lookup.add_argument(
        "--queries", required=True, type=Path, metavar="FILE", help="待查名单 / what to look up"
    )
    dedupe = parts.add_parser("dedupe", help="查重 / records of one customer in one list")
    dedupe.add_argument(
        "--base", type=Path, metavar="FILE", help="客户名单；不填查本系统 / the list; else the database"
    )
    train = parts.add_parser("train", help="用本公司客户训练权重 / learn the weights from the own customers")
    train.add_argument(
        "--precision", type=float, default=0.99, help="“同一客户”的目标准确率 / wanted of “same”"
    )
    train.set_defaults(run=run_train)
    model = parts.add_parser("model", help="打印现用权重 / print the weights in force")
    model.add_argument("--splink", action="store_true", help="Splink 设置 / as settings of Splink")
    model.set_defaults(run=run_model)
    index = parts.add_parser("index", help="按现行规则重建索引 / read stored customers anew by today's rules")
    index.set_defaults(run=run_index)
    part = parts.add_parser("work")  # a job of the worker, in a process of its own
    part.add_argument("job")
    part.set_defaults(run=run_work)
    train.add_argument(
        "--propose", action="store_true", help="只生成，不启用 / learn, and leave the switch to a person"
    )
    for sub in (dedupe, train, model, index):
        sub.add_argument("--company", default="", metavar="CODE", help="公司代码 / code of the company")
    train.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    for sub, run in ((evaluate, run_evaluate), (lookup, run_lookup), (dedupe, run_dedupe)):
        sub.add_argument(
            "--id", required=sub is not dedupe, default="", metavar="COL", help="编号列 / column of ids"
        )
        sub.add_argument(
            "--map", type=Path, metavar="FILE", help="列的含义（YAML） / what the columns are (YAML)"
        )
        sub.add_argument("--json", action="store_true", help="供程序读取 / for programs")
        sub.set_defaults(run=run)


def run_evaluate(options: argparse.Namespace) -> int:
    """Exit code 0: measured; 2: a file cannot be used."""
    from dingfen.matching import files

    try:
        begun = time.perf_counter()
        left, right, roles = _rows(options.left, options), None, _roles(options)
        if options.right:
            right = _rows(options.right, options, left)
        compared = _compare(left, right, roles)
        found = files.same_pairs(compared)
        seconds = time.perf_counter() - begun
        truth = _truth(options.truth, left, right)
    except Unusable as problem:
        return _refuse(problem)
    result = files.measure(found, truth, ordered=right is not None) | {"seconds": round(seconds, 3)}
    if options.json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{name}\t{value}" for name, value in result.items()))
    return 0


def run_lookup(options: argparse.Namespace) -> int:
    """A line for each query: its id, the best id of the base, score, answer, reasons."""
    from dingfen.matching import files

    try:
        base = _rows(options.base, options)
        queries = _rows(options.queries, options, base)
        found = files.best_of(_compare(base, queries, _roles(options)))
    except Unusable as problem:
        return _refuse(problem)
    for one in found:
        told = {
            "query": one.query,
            "best": one.base or None,
            "score": one.score,
            "answer": one.answer,
            "reasons": list(one.reasons),
        }
        print(json.dumps(told, ensure_ascii=False) if options.json else "\t".join(_told(told)))
    return 0


def run_dedupe(options: argparse.Namespace) -> int:
    """A line for each group of records that are one customer; of the database, reviews for people to settle."""
    if options.base is None:
        return _dedupe_database(options)
    from dingfen.matching import files

    try:
        base = _rows(options.base, options)
        found = files.groups(_compare(base, None, _roles(options)))
    except Unusable as problem:
        return _refuse(problem)
    for number, group in enumerate(found, 1):
        told = {"group": number, "ids": list(group.ids), "sure": group.sure}
        print(json.dumps(told, ensure_ascii=False) if options.json else "\t".join(_told(told)))
    print(f"{len(base.rows)} rows, {len(found)} groups", file=sys.stderr)
    return 0


def _dedupe_database(options: argparse.Namespace) -> int:
    """Exit code 0: done; 2: no such company."""
    actor, unit, at = _company(options)
    if unit is None:
        return 2
    from dingfen.ownership.matches.sweep import sweep

    found = sweep(actor=actor, at=at, unit=unit, progress=_progress)
    print(file=sys.stderr)
    told = f"发现 {found.pairs} 对（{found.groups} 组），关系 {found.relations} 条，新增待核对 {found.reviews} 条"
    english = (
        f"{found.pairs} pairs in {found.groups} groups, {found.relations} relations, {found.reviews} reviews"
    )
    print(json.dumps(found._asdict()) if options.json else f"{told} / {english}")
    return 0


def _progress(done: int, total: int) -> None:
    end = "\r" if done >= total else ""
    print(f"\r{done * 100 // max(total, 1)}%", end=end, file=sys.stderr, flush=True)


def _silent(done: int, total: int) -> None:
    pass


def run_index(options: argparse.Namespace) -> int:
    """Exit code 0: done; 2: no such company. May be stopped and started again at any time."""
    _, unit, _ = _company(options)
    if unit is None:
        return 2
    from dingfen.parties.reindexing import rebuild

    changed = rebuild(unit.pk, _progress)
    print(file=sys.stderr)
    print(f"更新 {changed} 位客户 / {changed} customers changed")
    return 0


def run_train(options: argparse.Namespace) -> int:
    """Exit code 0: learned and in force; 1: refused; 2: no such company."""
    actor, unit, at = _company(options)
    if unit is None:
        return 2
    from dingfen.parties.actions.training import train_model
    from dingfen.problems import Problem
    from dingfen.wording import problem_text

    try:
        row = train_model(
            actor=actor, at=at, unit=unit, precision=options.precision, switch=not options.propose
        )
    except Problem as problem:
        print(problem_text(problem), file=sys.stderr)
        return 1
    told = json.loads(row.document) | {"customers": row.customers}
    if options.json:
        print(json.dumps(told))
    else:
        print(f"{told['version']}\t{told['customers']}\tsame >= {told['same_from']}%")
    return 0


def run_work(options: argparse.Namespace) -> int:
    """Exit code 0: the job has ended, as its row says; 2: there is none."""
    from dingfen.cli.setup import start

    start()
    from dingfen.ownership.matches.rows import MatchJob
    from dingfen.ownership.matches.running import work

    jobs = MatchJob.objects.select_related("company", "asked_by__unit", "asked_by__company")
    job = jobs.filter(uid=options.job).first()
    if job is None:
        return 2
    work(job)
    return 0


def run_model(options: argparse.Namespace) -> int:
    """Prints a JSON document; exit code 2: no such company."""
    _, unit, _ = _company(options)
    if unit is None:
        return 2
    from dingfen.matching.training import as_splink
    from dingfen.parties import weights

    model = weights.in_force(unit.pk)
    print(json.dumps(as_splink(model), indent=1) if options.splink else model.to_json())
    return 0


def _company(options: argparse.Namespace) -> tuple[Any, Any, Any]:
    """(system actor, company, now); the company is None, and said so, where it is not plain which."""
    from dingfen.cli.setup import start

    start()
    from django.utils import timezone

    from dingfen.accounts.actor import system_actor
    from dingfen.accounts.models import Unit

    companies = Unit.objects.filter(parent=None)
    if options.company:
        companies = companies.filter(code=options.company)
    found = list(companies[:2])
    if len(found) != 1:
        print("请用 --company 指明公司 / name the company with --company", file=sys.stderr)
        return None, None, None
    return system_actor(found[0], "cli"), found[0], timezone.now()


def _told(row: dict[str, Any]) -> list[str]:
    return [" ".join(value) if isinstance(value, list) else str(value or "") for value in row.values()]


def _refuse(problem: Unusable) -> int:
    print(problem, file=sys.stderr)
    return 2


def _compare(left: Rows, right: Rows | None, roles: dict[str, str]) -> Compared:
    from dingfen.matching import files

    try:
        return files.compare(left, right, roles, _progress if sys.stderr.isatty() else _silent)
    except ValueError as error:
        raise Unusable(
            f"没有可比对的列，请用 --map 指明 / no column that can be compared: name them with --map. "
            f"{', '.join(left.names)}"
        ) from error


def _read(path: Path) -> Any:
    from dingfen.imports.reading import read_table
    from dingfen.problems import Problem

    try:
        return read_table(path.read_bytes(), MOST_ROWS)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    except Problem as problem:
        raise Unusable(f"{path}: {_in_words(problem)}") from problem


def _in_words(problem: Problem) -> str:
    """What is wrong with a file, as the pages say it; the words are loaded by who needs them."""
    from dingfen.cli.setup import start
    from dingfen.wording import problem_text

    start()
    return str(problem_text(problem))


def _rows(path: Path, options: argparse.Namespace, first: Rows | None = None) -> Rows:
    """The table of a file. A second one may call its ids otherwise than `first`: then by a name for ids."""
    from dingfen.matching.files import Rows

    table = _read(path)
    names = [name.strip() for name in table.columns]
    wanted = options.id.strip().casefold()
    if not wanted:  # rows are named by their number in the file
        rows = [[str(number), *row] for number, row in zip(table.numbers, table.rows, strict=True)]
        return Rows(["#", *names], rows, "#")
    found = [name for name in names if name.casefold() == wanted]
    if not found and first is not None:
        found = [name for name in names if _ID.search(name) and _each_once(names.index(name), table.rows)]
    if not found:
        raise Unusable(f"{path}: 没有列 / no column {options.id}. {', '.join(names)}")
    return Rows(names, table.rows, found[0])


def _each_once(place: int, rows: list[list[str]]) -> bool:
    cells = {row[place].strip() for row in rows}
    return len(cells) == len(rows) and "" not in cells


def _truth(path: Path, left: Rows, right: Rows | None) -> set[tuple[str, str]]:
    """Pairs of ids; with two tables put in the order (left, right). A pair of one id with itself is no pair.

    The two columns that hold most ids; where there is but one, the other names the customer of each id.
    """
    table = _read(path)
    if len(table.columns) < 2:
        raise Unusable(f"{path}: 需要两列编号 / needs two columns of ids")
    rows = [tuple(cell.strip() for cell in row) for row in table.rows]
    known = set(left.ids())
    others = known if right is None else set(right.ids())
    every = known | others
    held = [sum(row[place] in every for row in rows) for place in range(len(table.columns))]
    first, second = sorted(sorted(range(len(held)), key=lambda place: -held[place])[:2])
    if (held[first] and held[second] * 4 < held[first]) or (held[second] and held[first] * 4 < held[second]):
        one, label = (first, second) if held[first] > held[second] else (second, first)
        return _of_one_customer(((row[one], row[label]) for row in rows), known, others, right is None)
    pairs = [(row[first], row[second]) for row in rows]
    head = (table.columns[first].strip(), table.columns[second].strip())
    if head[0] in every and head[1] in every:  # a file without a line of names
        pairs.append(head)
    if right is not None:
        straight = sum(a in known and b in others for a, b in pairs)
        turned = sum(b in known and a in others for a, b in pairs)
        return set(pairs) if straight >= turned else {(b, a) for a, b in pairs}
    return {pair for pair in pairs if pair[0] != pair[1]}


def _of_one_customer(
    rows: Iterable[tuple[str, str]], known: set[str], others: set[str], inside: bool
) -> set[tuple[str, str]]:
    """Every pair of ids that have one label."""
    groups: dict[str, list[str]] = {}
    for name, label in rows:
        groups.setdefault(label, []).append(name)
    if inside:
        return {pair for names in groups.values() for pair in combinations(names, 2)}
    return {(a, b) for names in groups.values() for a in names for b in names if a in known and b in others}


def _roles(options: argparse.Namespace) -> dict[str, str]:
    """Role by column from a YAML file that says either `role: column(s)` or `column: role`."""
    if not options.map:
        return {}
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from dingfen.matching.columns import ROLES

    try:
        data = YAML(typ="safe", pure=True).load(options.map.read_text("utf-8-sig"))
    except (OSError, YAMLError, UnicodeDecodeError) as error:
        raise Unusable(f"{options.map}: {error}") from error
    data = data.get("columns", data) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise Unusable(f"{options.map}: 应为“含义: 列名” / should be `role: column`; {', '.join(ROLES)}")
    found: dict[str, str] = {}
    known = {*ROLES, *_ALIASES, "ignore"}
    for key, value in data.items():
        if str(key) in known:
            for column in value if isinstance(value, list) else [value]:
                found[str(column)] = _ALIASES.get(str(key), str(key)) if str(key) not in ROLES else str(key)
        elif str(value) in known:
            found[str(key)] = _ALIASES.get(str(value), str(value)) if str(value) not in ROLES else str(value)
        else:
            raise Unusable(
                f"{options.map}: {key}: 不认识的含义 / unknown role; {', '.join((*ROLES, 'ignore'))}"
            )
    return found
