"""`dingfen match` over files of every sort."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from tests.matching.people import HEADER, base, retyped

from dingfen.cli.main import main

BASE = base(300, 5)
COPIES = [retyped(row, number, number) for number, row in enumerate(BASE[:100])]


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return str(path)


@pytest.fixture
def truth(tmp_path: Path) -> str:
    pairs = [[row[0], copy[0]] for row, copy in zip(BASE, COPIES, strict=False)]
    return write(tmp_path / "truth.csv", [["left", "right"], *pairs])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_evaluate_prints_five_figures(
    tmp_path: Path, truth: str, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    left = write(tmp_path / "a.csv", [HEADER, *BASE, *COPIES], encoding)
    assert main(["match", "evaluate", "--left", left, "--id", "编号", "--truth", truth, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == {"precision", "recall", "f1", "pairs", "seconds"}
    assert result["f1"] > 0.98


def test_evaluate_two_files_one_of_them_excel_with_turned_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    for row in [HEADER, *COPIES]:
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    left = write(tmp_path / "a.csv", [HEADER, *BASE])
    turned = [[copy[0], row[0]] for row, copy in zip(BASE, COPIES, strict=False)]
    truth = write(tmp_path / "t.csv", turned)  # and without a line of names
    arguments = [
        "--left",
        left,
        "--right",
        str(tmp_path / "b.xlsx"),
        "--id",
        "编号",
        "--truth",
        truth,
        "--json",
    ]
    assert main(["match", "evaluate", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["f1"] > 0.98


def test_lookup_has_a_line_for_each_query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = write(tmp_path / "a.csv", [HEADER, *BASE])
    queries = write(tmp_path / "q.csv", [HEADER, *COPIES, ["new", "钟离雪", *[""] * 7]])
    assert main(["match", "lookup", "--base", left, "--queries", queries, "--id", "编号", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["query"] for line in lines] == [row[0] for row in COPIES] + ["new"]
    assert sum(line["best"] == BASE[number][0] for number, line in enumerate(lines[:-1])) >= 98
    assert {line["answer"] for line in lines} <= {"same", "possible", "none"}
    assert lines[-1]["answer"] == "none"


def test_files_may_differ_in_title_names_of_ids_and_form_of_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.Workbook()
    for row in [["客户名单"], HEADER, *BASE]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    right = write(tmp_path / "b.csv", [["Kunden-ID", *HEADER[1:]], *COPIES])
    labels = [[row[0], f"c{n}"] for rows in (BASE, COPIES) for n, row in enumerate(rows)]
    truth = write(tmp_path / "t.csv", [["row", "customer"], *labels])
    arguments = ["--left", str(tmp_path / "a.xlsx"), "--right", right, "--id", " 编号", "--truth", truth]
    assert main(["match", "evaluate", *arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["f1"] > 0.98


def test_dedupe_names_rows_by_their_number_without_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row[1:] for row in (*BASE, BASE[0])]
    path = write(tmp_path / "a.csv", [HEADER[1:], *rows])
    assert main(["match", "dedupe", "--base", path, "--json"]) == 0
    groups = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["2", str(len(rows) + 1)] in [group["ids"] for group in groups]


def test_a_map_says_what_the_columns_are(
    tmp_path: Path, truth: str, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ["k", *[f"c{number}" for number in range(1, 9)]]
    left = write(tmp_path / "a.csv", [header, *BASE, *COPIES])
    names = ["name", "company", "phone", "email", "province", "city", "district", "address"]
    mapping = tmp_path / "m.yaml"
    mapping.write_text("columns:\n" + "".join(f"  {name}: c{n}\n" for n, name in enumerate(names, 1)))
    arguments = ["--left", left, "--id", "k", "--truth", truth, "--map", str(mapping), "--json"]
    assert main(["match", "evaluate", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["f1"] > 0.98


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["dedupe", "--base", "missing.csv"], "missing.csv"),
        (["dedupe", "--base", "a.csv", "--id", "nummer"], "nummer"),
        (["dedupe", "--base", "plain.csv"], "--map"),
        (["dedupe", "--base", "a.csv", "--map", "bad.yaml"], "colour"),
        (["dedupe", "--base", "nothing.csv"], "数据行"),
    ],
)
def test_what_cannot_be_used_is_said_with_the_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.csv", [HEADER, *BASE[:5]])
    write(tmp_path / "plain.csv", [["colour"], ["red"]])
    (tmp_path / "nothing.csv").touch()
    (tmp_path / "bad.yaml").write_text("colour: 手机\n")
    assert main(["match", *arguments]) == 2
    assert word in capsys.readouterr().err
