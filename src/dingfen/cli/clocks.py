"""`dingfen clocks worktime`: working time between two columns of a CSV file. Needs no database."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dingfen.clocks.statutory import build_calendar
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm

_GZIP = b"\x1f\x8b"
_TIME_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")
_HOUR = 3600


class Unusable(Exception):
    """A file cannot be used at all; the text says where and why."""


def add(parser: argparse.ArgumentParser) -> None:
    """Adds what stands under `dingfen clocks`."""
    worktime = parser.add_subparsers(dest="action", required=True).add_parser(
        "worktime",
        help="CSV 文件中两个时点之间的工作时间 / working time between two moments, over a CSV file",
    )
    worktime.add_argument(
        "--calendar", required=True, type=Path, help="工作日历（YAML） / YAML file with the business calendar"
    )
    worktime.add_argument(
        "--in", required=True, type=Path, dest="source", help="CSV 文件，可为 .gz / CSV file, .gz too"
    )
    worktime.add_argument("--start", required=True, help="起始时间所在列 / column with the first moment")
    worktime.add_argument("--end", required=True, help="结束时间所在列 / column with the last moment")
    worktime.add_argument(
        "--format", help="时间写法，同 strptime，默认 ISO / how times are written, as in strptime; else ISO"
    )
    worktime.add_argument("--json", action="store_true", help="每行一个 JSON 对象 / one JSON object a row")
    worktime.set_defaults(run=run_worktime)


def run_worktime(options: argparse.Namespace) -> int:
    """Prints a line a row; 0 when the files could be read (rows with an error say so), otherwise 2."""
    try:
        calendar = read_calendar(options.calendar)
        rows = read_rows(options.source, (options.start, options.end))
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    failed = 0
    for number, row in enumerate(rows):
        result = {"row": number} | _measure(row, options, calendar)
        failed += "error" in result
        print(json.dumps(result, ensure_ascii=False) if options.json else _in_words(result))
    if failed:
        print(f"{failed} rows with an error", file=sys.stderr)
    return 0


def read_calendar(path: Path) -> Calendar:
    """The calendar of a YAML file, at its top or under the key `calendar`. Raises Unusable."""
    try:
        data = YAML().load(_text_of(path))
        if isinstance(data, dict) and set(data) == {"calendar"}:
            data = data["calendar"]
        return build_calendar(CalendarForm.model_validate(data))
    except YAMLError as error:
        raise Unusable(f"{path}: {error}") from error
    except ValidationError as error:
        raise Unusable("\n".join(_located(path, data, problem) for problem in error.errors())) from error
    except ValueError as error:
        raise Unusable(f"{path}: {error}") from error


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str | None]]:
    """The rows of a CSV file in UTF-8 or GB18030, plain or gzip. Raises Unusable."""
    reader = csv.DictReader(io.StringIO(_text_of(path), newline=""))
    names = reader.fieldnames or []
    missing = [column for column in columns if column not in names]
    if missing:
        raise Unusable(f"{path}: no column {', '.join(missing)}; it has {', '.join(names)}")
    return iter(reader)


def _measure(row: dict[str, str | None], options: argparse.Namespace, calendar: Calendar) -> dict[str, Any]:
    moments = []
    for column in (options.start, options.end):
        text = (row[column] or "").strip()
        try:
            moments.append(_read_moment(text, options.format, calendar))
        except ValueError:
            code = "time_unreadable" if text else "time_missing"
            return {"error": {"code": code, "column": column, "value": text}}
    start, end = moments
    if end < start:
        return {"error": {"code": "end_before_start", "column": options.end, "value": row[options.end]}}
    return {"hours": round(calendar.working_time_between(start, end).total_seconds() / _HOUR, 4)}


def _read_moment(text: str, form: str | None, calendar: Calendar) -> datetime:
    """A moment as written; without an offset it is the wall clock of the calendar's zone."""
    moment = datetime.strptime(text, form) if form else _guess(text)  # noqa: DTZ007
    return moment.replace(tzinfo=calendar.zone) if moment.tzinfo is None else moment


def _guess(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        for form in _TIME_FORMATS[:-1]:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007
            except ValueError:
                continue
        return datetime.strptime(text, _TIME_FORMATS[-1])  # noqa: DTZ007


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
        data = gzip.decompress(raw) if raw.startswith(_GZIP) else raw
    except (OSError, EOFError) as error:
        raise Unusable(f"{path}: {error}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unusable(f"{path}: neither UTF-8 nor GB18030")


def _located(path: Path, data: Any, problem: Any) -> str:
    """`calendar.yaml line 4, periods.mon-fri: …`, as far as the place of the key is known."""
    line = 0
    for key in problem["loc"]:
        marks = getattr(data, "lc", None)
        place = (marks.data or {}).get(key) if marks else None
        line = place[0] + 1 if place else line
        data = data[key] if isinstance(data, (dict, list)) and _has(data, key) else None
    where = ".".join(str(key) for key in problem["loc"] if key != "[key]")
    return f"{path} line {line or 1}, {where or 'calendar'}: {problem['msg']}"


def _has(data: dict[Any, Any] | list[Any], key: Any) -> bool:
    return key in data if isinstance(data, dict) else isinstance(key, int) and key < len(data)


def _in_words(result: dict[str, Any]) -> str:
    if "error" in result:
        problem = result["error"]
        return f"{result['row']}\t{problem['code']} {problem['column']}: {problem['value']}"
    return f"{result['row']}\t{result['hours']}"
