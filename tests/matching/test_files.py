"""Whole files: what is what, who is who, and how well it is found out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.matching import columns, files, linking
from dingfen.matching.clusters import clusters
from dingfen.matching.kinds import KINDS
from dingfen.matching.linking import Linked
from tests.matching.people import HEADER, base, retyped

BASE = base(600, 1)
COPIES = [retyped(row, number, number) for number, row in enumerate(BASE[:200])]
TRUTH = {(row[0], copy[0]) for row, copy in zip(BASE, COPIES, strict=False)}


def table(rows: list[list[str]], header: list[str] = HEADER) -> files.Rows:
    return files.Rows(header, rows, header[0])


def test_copies_are_found_inside_one_file() -> None:
    found = files.same_pairs(files.compare(table(BASE + COPIES)))
    result = files.measure(found, TRUTH, ordered=False)
    assert result["precision"] >= 0.99
    assert result["recall"] >= 0.98


def test_of_very_many_pairs_some_are_learned_from_and_all_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files.compare(table(BASE + COPIES))
    monkeypatch.setattr(linking, "TEACHERS", len(whole.found.left) // 3)
    steps: list[tuple[int, int]] = []
    some = files.compare(table(BASE + COPIES), told=lambda done, of: steps.append((done, of)))
    assert len(some.found.chance) == len(whole.found.chance)
    result = files.measure(files.same_pairs(some), files.same_pairs(whole), ordered=False)
    assert result["f1"] > 0.97
    assert steps == [(number, len(steps)) for number in range(1, len(steps) + 1)]


def test_copies_are_found_in_another_file_with_other_names_of_its_columns() -> None:
    header = [
        "no",
        "contact person",
        "company",
        "mobile",
        "e-mail",
        "province",
        "city",
        "district",
        "address",
    ]
    other = table([*COPIES, *base(100, 2)[:50]], header)
    left = files.Rows(["no", *HEADER[1:]], BASE, "no")
    result = files.measure(files.same_pairs(files.compare(left, other)), TRUTH, ordered=True)
    assert result["f1"] >= 0.98


def test_each_query_gets_its_best_row_or_none() -> None:
    strangers = [["s" + row[0], *row[1:]] for row in base(100, 99)]
    found = {one.query: one for one in files.best_of(files.compare(table(BASE), table(COPIES + strangers)))}
    right = sum(found[copy].base == row for row, copy in TRUTH)
    assert right >= 0.985 * len(TRUTH)
    assert sum(found[copy].answer == "same" for _, copy in TRUTH) >= 0.95 * len(TRUTH)
    assert sum(found[row[0]].answer == "same" for row in strangers) == 0
    assert all(0 <= one.score <= 1 and (one.answer == "none" or one.reasons) for one in found.values())


def test_namesakes_of_one_town_are_not_one_customer() -> None:
    rows = [["1", "林晓溪", "", "13612340001", "", "浙江省", "杭州市", "西湖区", "文三路1号"],
            ["2", "林晓溪", "", "18898765432", "", "浙江省", "杭州市", "西湖区", "学院路88号"]]  # fmt: skip
    found = files.same_pairs(files.compare(table(BASE + COPIES + rows)))
    assert ("1", "2") not in found


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = (BASE + COPIES)[:300] + COPIES[:60]
    forward = files.same_pairs(files.compare(table(rows)))
    backward = files.same_pairs(files.compare(table(rows[::-1])))
    assert {tuple(sorted(pair)) for pair in forward} == {tuple(sorted(pair)) for pair in backward}


def test_rows_that_say_the_same_are_one_customer() -> None:
    rows = [*BASE, ["x1", *BASE[3][1:]], ["x2", *BASE[3][1:]]]
    groups = files.groups(files.compare(table(rows)))
    assert any({"a3", "x1", "x2"} <= set(group.ids) for group in groups)


@pytest.mark.parametrize("rows", [[], BASE[:1], BASE[:2], [["1", *[""] * 8], ["2", *[""] * 8]]])
def test_almost_nothing_is_no_error(rows: list[list[str]]) -> None:
    names = {"手机": "phone", "姓名": "person"}
    assert files.same_pairs(files.compare(table(rows), None, names)) == set()


def test_a_file_without_anything_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        files.compare(files.Rows(["id", "colour"], [["1", "red"], ["2", "blue"]], "id"))


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("手机号码", "phone"),
        ("客户手机(必填)", "phone"),
        ("Phone 2", "phone"),
        ("home_phone", "phone"),
        ("E-mail", "email"),
        ("微信号", "wechat"),
        ("车牌号", "plate"),
        ("统一社会信用代码", "credit_code"),
        ("given_name", "given"),
        ("Last Name", "surname"),
        ("date_of_birth", "birth"),
        ("address_1", "address"),
        ("公司名称", "company"),
        ("联系人", "person"),
        ("省份", "region"),
        ("销售顾问", ""),
        ("cluster", ""),
        ("备注", ""),
    ],
)
def test_a_column_is_known_by_its_name(header: str, role: str) -> None:
    assert columns.by_name(header) == role


def test_a_column_is_known_by_what_stands_in_it() -> None:
    rows = [[str(n), row[3], row[1], f"{row[0]}@example.com", str(n * 7)] for n, row in enumerate(BASE)]
    assert columns.roles(["id", "x1", "x2", "x3", "x4"], rows, {"id": "ignore"}) == {
        1: "phone",
        2: "person",
        3: "email",
    }


def test_a_given_role_comes_first() -> None:
    assert columns.roles(["手机", "x"], [["13612345678", "a"]], {"手机": "ignore", "x": "address"}) == {
        1: "address"
    }


NAMES = ["张伟", "章维", "张总", "王先生", "Zhang Wei", "杭州青禾科技有限公司", "青禾", "北京青禾贸易公司"]
CODES = ["13612345678", "0571-87654321", "a@example.com", "b.c@example.org", "浙A12345", "1990-02-03"]
PLACES = ["03/02/1990", "文三路88号2栋301室", "88 Main St", "杭州市", "西湖区"]
values = st.sampled_from(NAMES + CODES + PLACES)


@given(st.sampled_from(sorted(KINDS)), values, values)
def test_every_kind_compares_both_ways_alike_and_a_value_with_itself_as_same(
    kind: str, a: str, b: str
) -> None:
    one = KINDS[kind]
    first, second = (one.read([text] * (3 if kind == "place" else 1)) for text in (a, b))
    if first is not None and second is not None:
        assert one.level(first, second) == one.level(second, first)
        assert one.level(first, second) in (*one.levels, "")
        assert one.level(first, first) in (one.levels[0], "surname", "city", "region")


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(9, 17), st.floats(0, 1)), max_size=30))
def test_clusters_are_apart_and_joined_by_sure_pairs_only(pairs: list[tuple[int, int, float]]) -> None:
    found = clusters(pairs)
    members = [row for group in found for row in group]
    assert len(members) == len(set(members))
    sure = {pair[:2] for pair in pairs if pair[2] >= 0.5}
    for group in found:
        assert any(pair in sure for pair in combinations(group, 2))


def test_one_weak_edge_does_not_tie_two_groups_together() -> None:
    chain = [(0, 1, 0.99), (2, 3, 0.99), (1, 2, 0.6), (0, 2, 0.01), (0, 3, 0.01), (1, 3, 0.01)]
    assert clusters(chain) == [[0, 1], [2, 3]]


def test_measure_counts_pairs_once() -> None:
    result = files.measure({("a", "b"), ("b", "a"), ("a", "c")}, {("b", "a"), ("d", "e")}, ordered=False)
    assert (result["precision"], result["recall"], result["pairs"]) == (0.5, 0.5, 2)


def test_probabilities_are_probabilities() -> None:
    found = files.compare(table(BASE + COPIES)).found
    assert np.all((found.chance >= 0) & (found.chance <= 1))


def joined(row: list[str]) -> list[str]:
    """编号, 客户名称 (a firm or a person), 联系方式, 地址: as many lists are kept."""
    return [row[0], row[2] or row[1], row[3], "".join(row[5:9])]


def test_people_and_firms_in_one_column_are_told_apart() -> None:
    rows = [joined(row) for row in BASE + COPIES]
    rows += [["n1", "林晓溪", "13612340001", "杭州市西湖区"], ["n2", "林晓溪", "18898765432", "宁波市海曙区"]]
    compared = files.compare(table(rows, ["编号", "客户名称", "联系方式", "地址"]))
    assert {field.kind for field in compared.fields} == {"company", "person", "phone", "area", "address"}
    found = files.same_pairs(compared)
    assert ("n1", "n2") not in found
    result = files.measure(found, TRUTH, ordered=False)
    assert result["precision"] > 0.97
    assert result["recall"] > 0.9


def test_lists_of_two_shapes_are_compared_in_one() -> None:
    left = table([joined(row) for row in BASE], ["编号", "客户", "手机", "联系地址"])
    header = ["编号", "名称", "电话", "省份", "城市", "区县", "详细地址"]
    right = table([[row[0], row[2] or row[1], row[3], *row[5:9]] for row in COPIES], header)
    result = files.measure(files.same_pairs(files.compare(left, right)), TRUTH, ordered=True)
    assert result["f1"] > 0.95
    names = ["id", "first name", "last name", "phone"]
    people = [[str(n), *name.split(), f"0131-555-{n:04}"] for n, name in enumerate(PEOPLE)]
    whole = [
        [f"w{n}", f"{name.split()[1]}, {name.split()[0]}", f"0131 555 {n:04}"]
        for n, name in enumerate(PEOPLE)
    ]
    compared = files.compare(
        files.Rows(names, people, "id"), files.Rows(["id", "full name", "tel"], whole, "id")
    )
    assert files.same_pairs(compared) == {(str(n), f"w{n}") for n in range(len(PEOPLE))}


PEOPLE = ["Ann Bell", "Bob Carr", "Cyd Dale", "Dot Eden", "Eva Ford", "Fay Gray", "Guy Hill", "Hal Ivey"]


@pytest.mark.parametrize(
    ("cells", "role"),
    [
        (["浙江省", "广东", "北京市"], "region"),
        (["杭州市", "深圳", "西安市"], "city"),
        (["西湖区", "南山区", "昆山市"], "district"),
        (["浙A12345", "粤B·8K7J2", "京AD12345"], "plate"),
        (["文三路88号", "解放大道12号3幢", "人民路1号"], "address"),
        (["12 Main Street", "435 s. la cienega blvd.", "9 Elm Rd"], "address"),
        (["青禾科技有限公司", "明远商行", "博通贸易公司"], "company"),
        (["林晓溪", "欧阳明", "王建国"], "person"),
        (["red", "blue", "green"], ""),
    ],
)
def test_what_stands_in_a_column_says_what_it_is(cells: list[str], role: str) -> None:
    assert columns.roles(["x"], [[cell] for cell in cells]) == ({0: role} if role else {})


def test_a_name_that_its_cells_contradict_is_not_believed() -> None:
    assert columns.roles(["邮箱"], [["13612345678"], ["13712345678"]]) == {0: "phone"}


def test_one_column_of_names_is_enough() -> None:
    rows = [
        [str(n), name]
        for n, name in enumerate(["Akzo Nobel", "AKZO NOBEL", "Akzo Novel", "Unilever", "Shell"])
    ]
    found = files.same_pairs(files.compare(files.Rows(["id", "name"], rows, "id"), None, {"name": "name"}))
    assert found == {("0", "1"), ("0", "2"), ("1", "2")}


def test_a_rare_name_finds_its_row_by_itself() -> None:
    left = files.Rows(["id", "姓名", "手机"], [[row[0], row[1], row[3]] for row in BASE], "id")
    name = next(row[1] for row in BASE if sum(other[1] == row[1] for other in BASE) == 1)
    right = files.Rows(["id", "姓名", "手机"], [["q", name, "19900001111"]], "id")
    (best,) = files.best_of(files.compare(left, right))
    assert best.base == next(row[0] for row in BASE if row[1] == name)
    assert best.answer != "same"


def test_a_pair_makes_a_group_whichever_row_it_names_first() -> None:
    found = Linked(np.array([1]), np.array([0]), np.array([0.9]), np.zeros((1, 0)), [], [], 0.1)
    assert files.groups(files.Compared(["a", "b"], None, found, [])) == [files.Group(("a", "b"), 0.9)]
