"""Files made of lists: nothing in them acts, nothing is rounded, nothing is lost."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from dingfen.web.lists.export import csv_lines, excel

cells = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**9), 10**9),
    st.none(),
    st.sampled_from(
        [
            "=1+1",
            "+8613800138000",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "330106199001011234",
            "007",
        ]
    ),
)
rows = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(rows)
def test_no_cell_of_a_csv_begins_a_formula(table: list[list[object]]) -> None:
    found = read_csv(b"".join(csv_lines(["a", "b", "c"], table)))
    assert len(found) == len(table) + 1
    for cells_found, given_cells in zip(found[1:], table, strict=True):
        for text, value in zip(cells_found, given_cells, strict=True):
            if isinstance(value, int):
                assert text == str(value)
            elif value is not None:
                bare = text.removeprefix("\t")
                assert not bare.lstrip(" \u3000\u200b\ufeff").startswith(tuple("=+-@＝＋－＠")), text
                assert bare == text or bare.isdigit()


@given(rows)
def test_every_text_in_a_workbook_is_text(table: list[list[object]]) -> None:
    sheet = openpyxl.load_workbook(excel("x", ["a", "b", "c"], table)).active
    assert sheet is not None
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type in {"s", "n", "inlineStr"}
            assert not str(cell.value or "").startswith("=")


def test_long_numbers_stay_text_and_chinese_is_read_by_spreadsheets() -> None:
    data = b"".join(csv_lines(["证件", "数"], [["330106199001011234", Decimal("3000.50")], ["0571", -5]]))
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data) == [["证件", "数"], ["\t330106199001011234", "3000.50"], ["\t0571", "-5"]]
    sheet = openpyxl.load_workbook(excel("客户", ["证件"], [["330106199001011234"]])).active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].number_format) == ("330106199001011234", "@")
