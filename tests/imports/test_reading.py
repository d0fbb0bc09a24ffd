"""Files as people have them: encodings, delimiters, Excel, traps."""
# ruff: noqa: DTZ001 (Excel and the wall have no zone)

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from dingfen.imports import values
from dingfen.imports.mapping import checked, fit, guess, parse, to_yaml
from dingfen.imports.reading import read_table
from dingfen.imports.rows import Reader
from dingfen.imports.values import CellError
from dingfen.problems import Problem

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = dt.time(9)
TEXT = "客户姓名,手机号,等级\n欧阳雪,13800138000,H\n\n李敏，,１３９００１３９０００,B\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("gb18030"), "GB18030"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.replace(",", "\t").encode(), "UTF-8"),
        (TEXT.replace(",", ";").encode(), "UTF-8"),
        (gzip.compress(TEXT.encode("gbk"), mtime=0), "GB18030"),
        (TEXT.replace("\n", "\r\n").encode(), "UTF-8"),
    ],
)
def test_the_same_table_however_it_was_saved(content: bytes, encoding: str) -> None:
    table = read_table(content)
    assert (table.columns, table.encoding) == (("客户姓名", "手机号", "等级"), encoding)
    assert table.rows == [["欧阳雪", "13800138000", "H"], ["李敏，", "１３９００１３９０００", "B"]]
    assert table.numbers[0] == 2


def test_excel_cells_come_as_text() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户", "电话", "登记日期", "金额", "金额"])
    sheet.append(["华盛商贸", 13800138000, dt.datetime(2026, 4, 1, 9, 5), 12.5, None])
    sheet.append(["恒达", "021-55667788", dt.date(2026, 4, 2), 3, "x"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert table.columns == ("客户", "电话", "登记日期", "金额", "金额 #5")
    assert table.rows[0] == ["华盛商贸", "13800138000", "2026-04-01 09:05:00", "12.5", ""]
    assert table.rows[1][2] == "2026-04-02 00:00:00"


def test_names_under_a_title_and_under_a_name_for_several() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["客户名单"], ["编号", "联系方式"], ["", "姓名", "手机"], [7, "欧阳雪", "13800138000"]):
        sheet.append(line)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B2:C2")
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert (table.columns, table.rows) == (("编号", "姓名", "手机"), [["7", "欧阳雪", "13800138000"]])
    assert read_table(b"a,b\n,x\n").rows == [["", "x"]]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"  \n\n", "file.empty"),
        (b"a,b\n", "file.empty"),
        (b"%PDF-1.7 x", "file.type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel", "file.type"),
        (b"\x89PNG\x00\x00", "file.type"),
        (b"PK\x03\x04 not a workbook", "file.broken"),
        (b"\x1f\x8b broken", "file.broken"),
        ("客户,电话\n".encode() + b"\xff\xff\xff\n", "file.encoding"),
        (bomb(), "file.too_large"),
        (",".join(["x"] * 300).encode() + b"\n1", "file.columns"),
    ],
)
def test_what_is_no_table_is_refused_by_content(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        read_table(content)
    assert caught.value.code == code


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_problem(content: bytes) -> None:
    for given_ in (content, b"PK\x03\x04" + content, b"\x1f\x8b\x08" + content):
        try:
            table = read_table(given_)
        except Problem:
            continue
        assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize(
    ("text", "order", "local"),
    [
        ("2026/4/1 9:05", "year-first", "2026-04-01 09:05"),
        ("2026-04-01T09:05:00+08:00", "year-first", "2026-04-01 09:05"),
        ("2026-04-01T01:05:00Z", "year-first", "2026-04-01 09:05"),
        ("2026年4月1日", "year-first", "2026-04-01 09:00"),
        ("２０２６年４月１日 下午３时５分", "year-first", "2026-04-01 15:05"),
        ("2026.4.1 23:59:59", "year-first", "2026-04-01 23:59"),
        ("20260401", "year-first", "2026-04-01 09:00"),
        ("4/1/2026", "month-first", "2026-04-01 09:00"),
        ("4/1/2026 3:05 PM", "month-first", "2026-04-01 15:05"),
        ("12/11/2026 12:30 am", "month-first", "2026-12-11 00:30"),
        ("1/4/26", "day-first", "2026-04-01 09:00"),
        ("46113", "year-first", "2026-04-01 00:00"),
        ("46113.378472222", "year-first", "2026-04-01 09:05"),
    ],
)
def test_dates_as_people_write_them(text: str, order: values.Order, local: str) -> None:
    read = values.moment(text, order, SHANGHAI, NINE).astimezone(SHANGHAI)
    assert f"{read:%Y-%m-%d %H:%M}" == local


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4/1/2026", "date.order"),
        ("2026-02-30", "date.impossible"),
        ("2026-04-01 25:00", "date.impossible"),
        ("昨天", "date.unreadable"),
        ("0001-01-01", "date.unreadable"),
        ("123456", "date.unreadable"),
    ],
)
def test_dates_that_cannot_be(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        values.moment(text, "year-first", SHANGHAI, dt.time(0))
    assert caught.value.code == code


@given(
    st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2099, 12, 31)),
    st.sampled_from(["month-first", "day-first"]),
)
def test_any_day_written_in_an_order_is_read_in_it(day: dt.datetime, order: values.Order) -> None:
    form = "%m/%d/%Y %H:%M" if order == "month-first" else "%d.%m.%Y %H:%M"
    read = values.moment(day.strftime(form), order, ZoneInfo("UTC"), NINE)
    assert read.replace(tzinfo=None) == day.replace(second=0, microsecond=0)


def test_money_numbers_flags_and_words() -> None:
    assert values.money("¥12,500.50 元") == Decimal("12500.50")
    assert values.money("１.２万") == Decimal("12000.00")
    assert (values.count("1,200"), values.flag("是"), values.flag("未接通")) == (1200, True, False)
    assert values.choice("Closed  Won", {"won": ("closed won",)}) == "won"
    for wrong in ("-1", "abc", "NaN", "1e30", ""):
        with pytest.raises(CellError):
            values.money(wrong)
    with pytest.raises(CellError) as caught:
        values.choice("也许", {"won": ("成交",), "lost": ("战败",)})
    assert caught.value.params["choices"] == ["成交", "战败"]


def test_columns_are_guessed_by_name_and_by_content() -> None:
    table = read_table(
        "客户名称,联系方式,跟进人,创建日期\n华盛,13800138000,李敏,3/25/2026\n恒达,13900139000,王强,4/13/2026".encode()
    )
    mapping = guess("customers", table)
    assert mapping.columns == {
        "name": "客户名称", "phone": "联系方式", "holder": "跟进人", "registered_at": "创建日期",
    }  # fmt: skip
    assert mapping.dates.order == "month-first"
    assert checked(parse(to_yaml(mapping)).model_dump(mode="json", by_alias=True)) == mapping


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("import: [", "map", "map.yaml"),
        ("- 1", "map", "map.yaml"),
        ("import: deals", "columns", "map.missing"),
        ("import: cars\ncolumns: {}", "import", "map.choice"),
        ("import: deals\ncolumns: {custmer: a}", "map", "map.field"),
        ("import: deals\ncolumns: {}\ndates: {zone: Mars}", "dates.zone", "map.zone"),
        ("import: deals\ncolumns: {}\ncolour: red", "colour", "map.wrong"),
    ],
)
def test_a_wrong_mapping_says_where(text: str, place: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    assert [found for found, _ in caught.value.errors[place]] == [code]


def test_rows_carry_values_and_what_is_wrong_with_which_column() -> None:
    table = read_table(
        "客户,产品,销售,开始,结果,金额\n华盛,NovaPro,李敏,2026/4/1,成交,1.5万\n,轿车,李敏,昨天,也许,-3".encode()
    )
    mapping = parse(
        "import: deals\ncolumns: {customer: 客户, scope: 产品, staff: 销售, "
        "opened_at: 开始, outcome: 结果, amount: 金额}\n"
        "values: {scope: {nova pro: Nova Pro}}\ndefaults: {currency: CNY}\n"
    )
    fit(mapping, table)
    good, bad = Reader(table, mapping).rows(0, 9)
    assert not good.faults and good.number == 2
    assert good.values["scope"] == "Nova Pro" and good.values["currency"] == "CNY"
    assert good.values["amount"] == Decimal("15000.00")
    assert {(fault.column, fault.code) for fault in bad.faults} == {
        ("客户", "cell.required"), ("开始", "date.unreadable"), ("结果", "choice.unknown"), ("金额", "number.range"),
    }  # fmt: skip
    with pytest.raises(Problem) as caught:
        fit(parse("import: deals\ncolumns: {customer: 顾客}"), table)
    assert set(caught.value.errors) == {"columns.customer", "columns.staff", "columns.outcome"}
