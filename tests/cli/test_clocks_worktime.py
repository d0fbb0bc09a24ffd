"""`dingfen clocks worktime` over files as people have them."""

import gzip
import json
from pathlib import Path

import pytest

from dingfen.cli.main import main

CALENDAR = """\
zone: Europe/Amsterdam
periods:
  mon-fri: ["07:30-18:00"]
holidays: ["12-25", "12-26", "01-01"]
"""
ROWS = """\
编号,opened,closed
a,2026-03-02 17:00:00,2026-03-03 08:00:00
b,2025-12-24T17:00:00,2025-12-29T07:30:36
c,2026/3/2 9:05,2026/3/2 9:35:00
d,2026-03-02T08:00:00Z,2026-03-02T10:00:00+01:00
e,,2026-03-02
f,soon,2026-03-02
g,2026-03-03,2026-03-02
"""


def run(*arguments: str) -> int:
    return main(["clocks", "worktime", *arguments])


@pytest.fixture
def calendar(tmp_path: Path) -> str:
    path = tmp_path / "calendar.yaml"
    path.write_text(CALENDAR, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("name", "encoding"), [("a.csv", "utf-8-sig"), ("a.csv.gz", "gb18030")])
def test_one_object_a_row(
    tmp_path: Path, calendar: str, capsys: pytest.CaptureFixture[str], name: str, encoding: str
) -> None:
    path = tmp_path / name
    data = ROWS.encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    arguments = ("--calendar", calendar, "--in", str(path), "--start", "opened", "--end", "closed")
    assert run(*arguments, "--json") == 0
    output = capsys.readouterr()
    lines = [json.loads(line) for line in output.out.splitlines()]
    assert lines[:4] == [
        {"row": 0, "hours": 1.5},
        {"row": 1, "hours": 1.01},
        {"row": 2, "hours": 0.5},
        {"row": 3, "hours": 1.0},
    ]
    assert [(line["error"]["code"], line["error"]["column"]) for line in lines[4:]] == [
        ("time_missing", "opened"),
        ("time_unreadable", "opened"),
        ("end_before_start", "closed"),
    ]
    assert "3 rows" in output.err
    assert run(*arguments) == 0
    assert capsys.readouterr().out.splitlines()[0] == "0\t1.5"


def test_a_stated_format(tmp_path: Path, calendar: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("s,e\n2/3/2026 09:00,3/3/2026 09:00\n", encoding="utf-8")
    arguments = ("--calendar", calendar, "--in", str(path), "--start", "s", "--end", "e", "--json")
    assert run(*arguments, "--format", "%d/%m/%Y %H:%M") == 0
    assert json.loads(capsys.readouterr().out) == {"row": 0, "hours": 10.5}


@pytest.mark.parametrize(
    ("calendar_text", "rows", "says"),
    [
        (CALENDAR.replace("07:30-18:00", "7.30 to 18"), ROWS, "calendar.yaml line 3, periods.mon-fri: "),
        (CALENDAR + "hour: 3\n", ROWS, "calendar.yaml line 5, hour: "),
        (CALENDAR + "statutory: AQ\n", ROWS, "no public holidays known for AQ"),
        ("periods: [", ROWS, "calendar.yaml"),
        ("", ROWS, "calendar"),
        (CALENDAR, "opened,shut\n", "no column closed; it has opened, shut"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], calendar_text: str, rows: str, says: str
) -> None:
    (tmp_path / "calendar.yaml").write_text(calendar_text, encoding="utf-8")
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    arguments = ("--calendar", str(tmp_path / "calendar.yaml"), "--in", str(tmp_path / "a.csv"))
    assert run(*arguments, "--start", "opened", "--end", "closed") == 2
    output = capsys.readouterr()
    assert says in output.err
    assert output.out == ""


def test_a_missing_file(tmp_path: Path, calendar: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--calendar", calendar, "--in", str(tmp_path / "no.csv"), "--start", "a", "--end", "b") == 2
    assert "no.csv" in capsys.readouterr().err
