"""The list machinery through HTTP, on the list of work."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone

from dingfen.clocks.models import Clock
from dingfen.problems import conflict
from dingfen.register.models import Look
from dingfen.web.lists import BulkAction
from dingfen.web.models import DefaultView, SavedView
from dingfen.web.work.lists import Work
from tests.cast import Cast
from tests.web.conftest import SignedIn, hold

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def work(cast: Cast) -> list[Clock]:
    """Jiang's clocks: one late, one due in 2 hours, one in 3 days, one paused; and one of Gu."""
    now = timezone.now()
    return [
        hold(cast, 1, cast.jiang, -HOUR),
        hold(cast, 2, cast.jiang, 2 * HOUR),
        hold(cast, 3, cast.jiang, 72 * HOUR),
        hold(cast, 4, cast.jiang, 5 * HOUR, state="paused", paused_at=now, pause_reason="等待客户"),
        hold(cast, 5, cast.gu, HOUR),
    ]


def numbers(html: str) -> list[str]:
    return re.findall(r'<span class="sub nw">K-0+(\d)</span>', html)


def test_only_what_waits_for_the_reader_next_deadline_first(signed_in: SignedIn, work: list[Clock]) -> None:
    html = signed_in("jiang").get("/").content.decode()
    assert numbers(html) == ["1", "2", "4", "3"]
    assert "张*5" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("view=late", ["1"]),
        ("view=soon", ["2"]),
        ("view=lapsing&sort=-due", ["3", "4", "2"]),
        ("whose=mine&state=paused", ["4"]),
        ("whose=mine&due=late", ["1"]),
        ("view=rule", []),
        ("sort=-due&whose=mine", ["3", "4", "2", "1"]),
        ("sort=password&whose=mine", ["1", "2", "4", "3"]),
        ("after=nonsense&whose=mine", ["1", "2", "4", "3"]),
    ],
)
def test_views_filters_and_sorts_are_parameters(
    signed_in: SignedIn, work: list[Clock], query: str, expected: list[str]
) -> None:
    answer = signed_in("jiang").get(f"/?{query}")
    assert answer.status_code == 200
    assert numbers(answer.content.decode()) == expected


def test_a_value_that_is_not_known_is_left_out_and_said(signed_in: SignedIn, work: list[Clock]) -> None:
    html = signed_in("jiang").get("/?whose=mine&kind=weather").content.decode()
    assert "类别：这里没有“weather”，已略去。" in html
    assert len(numbers(html)) == 4


def test_a_day_at_the_end_of_time_is_left_out_too(signed_in: SignedIn, work: list[Clock]) -> None:
    for days in ("2026-01-01..9999-12-31", "0001-01-01.."):
        html = signed_in("jiang").get(f"/?whose=mine&due={days}").content.decode()
        assert f"这里没有“{days}”，已略去。" in html
        assert len(numbers(html)) == 4


def test_chips_show_each_filter_and_the_way_to_drop_it(signed_in: SignedIn, work: list[Clock]) -> None:
    html = signed_in("jiang").get("/?whose=mine&state=paused").content.decode()
    assert "状态：已暂停" in html
    assert 'href="/?whose=mine"' in html
    assert 'href="/?state=paused"' in html


def test_an_empty_list_says_which_filter_to_drop(signed_in: SignedIn, work: list[Clock]) -> None:
    html = signed_in("jiang").get("/?whose=mine&state=paused&time=late").content.decode()
    assert "没有符合这 3 个条件的记录" in html
    assert "去掉“时间：已超时”后有 1 条。" in html or "去掉“状态：已暂停”后有 1 条。" in html


def test_a_list_without_anything_says_so(signed_in: SignedIn) -> None:
    assert "今天没有到期事项。" in signed_in("admin").get("/?all").content.decode()


def test_paging_through_the_page(signed_in: SignedIn, work: list[Clock], monkeypatch: Any) -> None:
    monkeypatch.setattr(Work, "per_page", 2)
    client = signed_in("jiang")
    first = client.get("/?whose=mine").content.decode()
    assert numbers(first) == ["1", "2"]
    assert 'rel="prev"' not in first
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward
    second = client.get(onward[1].replace("&amp;", "&")).content.decode()
    assert numbers(second) == ["4", "3"]
    back = re.search(r'href="([^"]+)" rel="prev"', second)
    assert back
    assert numbers(client.get(back[1].replace("&amp;", "&")).content.decode()) == ["1", "2"]


def test_htmx_gets_the_list_alone(signed_in: SignedIn, work: list[Clock]) -> None:
    answer = signed_in("jiang").get("/?whose=mine", headers={"HX-Request": "true", "HX-Target": "list"})
    html = answer.content.decode()
    assert html.lstrip().startswith('<section class="df-card df-list-box" id="list"')
    assert "<html" not in html
    assert "HX-Request" in answer["Vary"]


def test_columns_are_chosen_and_kept_in_the_address(signed_in: SignedIn, work: list[Clock]) -> None:
    client = signed_in("jiang")
    answer = client.post(
        "/", {"list": "columns", "query": "whose=mine&evil=1", "col": ["due", "what", "nonsense"]}
    )
    assert answer.status_code == 302
    html = client.get(answer["Location"]).content.decode()
    assert 'scope="col"' in html
    assert html.count("<th scope") == 2


# ---------- saved views ----------


def save(client: Any, name: str, **more: str) -> None:
    answer = client.post("/", {"list": "save", "name": name, "query": "whose=mine&state=paused", **more})
    assert answer.status_code == 302, answer.content.decode()


def test_a_saved_view_is_mine_alone_unless_shared_with_my_unit(
    cast: Cast, signed_in: SignedIn, work: list[Clock]
) -> None:
    jiang = signed_in("jiang")
    save(jiang, "暂停的")
    save(jiang, "本组的", shared="on")
    assert "暂停的" in jiang.get("/").content.decode()
    lin = signed_in("lin").get("/").content.decode()
    assert "本组的" in lin
    assert "暂停的" not in lin
    for name in ("gu", "stranger"):
        assert "本组的" not in signed_in(name).get("/").content.decode()


def test_a_saved_view_opens_the_list_when_it_is_the_default(
    cast: Cast, signed_in: SignedIn, work: list[Clock]
) -> None:
    client = signed_in("jiang")
    save(client, "暂停的", default="on")
    assert numbers(client.get("/").content.decode()) == ["4"]
    assert numbers(client.get("/?whose=mine").content.decode()) == ["1", "2", "4", "3"]
    client.post("/", {"list": "default"})
    assert len(numbers(client.get("/").content.decode())) == 4


def test_only_the_owner_removes_a_view(cast: Cast, signed_in: SignedIn, work: list[Clock]) -> None:
    save(signed_in("jiang"), "本组的", shared="on")
    view = SavedView.objects.get()
    assert signed_in("lin").post("/", {"list": "remove", "view": str(view.uid)}).status_code == 404
    assert signed_in("jiang").post("/", {"list": "remove", "view": str(view.uid)}).status_code == 302
    assert not SavedView.objects.exists()
    assert not DefaultView.objects.exists()


def test_a_view_needs_a_name(signed_in: SignedIn, work: list[Clock]) -> None:
    assert signed_in("jiang").post("/", {"list": "save", "name": " "}).status_code == 422
    assert not SavedView.objects.exists()


# ---------- exports ----------


def test_an_export_is_the_whole_list_and_is_logged(
    cast: Cast, signed_in: SignedIn, work: list[Clock], monkeypatch: Any
) -> None:
    monkeypatch.setattr(Work, "per_page", 1)
    answer = signed_in("jiang").get("/?whose=mine&export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(text.splitlines()) == 5
    assert text.splitlines()[0].startswith("下一时限,事项")
    assert "失效前跟进" in text
    look = Look.objects.get(kind="export")
    assert (look.actor_uid, look.detail["list"]) == (cast.jiang.uid, "work")


def test_an_export_as_a_workbook(signed_in: SignedIn, work: list[Clock]) -> None:
    answer = signed_in("jiang").get("/?whose=mine&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    assert sheet.max_row == 5


def test_who_may_not_export_gets_no_file_and_no_button(signed_in: SignedIn, work: list[Clock]) -> None:
    client = signed_in("lin")
    assert "export=csv" not in client.get("/").content.decode()
    assert client.get("/?export=csv").status_code == 403
    assert not Look.objects.filter(kind="export").exists()


# ---------- bulk actions ----------


def test_each_row_of_a_bulk_action_has_its_own_result(
    cast: Cast, signed_in: SignedIn, work: list[Clock], monkeypatch: Any
) -> None:
    def note(*, actor: Any, at: dt.datetime, row: Clock, data: QueryDict) -> None:
        if row.state == "paused":
            raise conflict("clock.paused")
        Clock.objects.filter(pk=row.pk).update(article=data["article"])

    monkeypatch.setattr(Work, "bulk", (BulkAction("note", "记下", note, key="n"),))
    chosen = [str(clock.uid) for clock in (work[0], work[3], work[4])] + ["nonsense"]
    answer = signed_in("jiang").post("/?whose=mine", {"bulk": "note", "uid": chosen, "article": "OWN-1"})
    html = answer.content.decode()
    assert "已办 1 项" in html
    assert "K-000004" in html.split('class="no"')[1].split("</li>")[0]
    changed = set(Clock.objects.filter(article="OWN-1").values_list("pk", flat=True))
    assert changed == {work[0].pk}, "another's row is not touched"


def test_a_bulk_action_without_the_right_is_not_there(
    signed_in: SignedIn, work: list[Clock], monkeypatch: Any
) -> None:
    action = BulkAction("note", "记下", lambda **_: None, permission="customer.erase")
    monkeypatch.setattr(Work, "bulk", (action,))
    client = signed_in("jiang")
    assert "记下" not in client.get("/").content.decode()
    assert client.post("/", {"bulk": "note", "uid": [str(work[0].uid)]}).status_code == 400


def test_a_list_asks_the_same_number_of_questions_for_few_rows_and_many(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("jiang")
    hold(cast, 1, cast.jiang, HOUR)
    client.get("/")
    with django_assert_max_num_queries(60) as few:
        client.get("/")
    for number in range(2, 25):
        hold(cast, number, cast.jiang, number * HOUR)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/")


def test_the_address_of_a_list_never_keeps_what_it_does_not_know(cast: Cast) -> None:
    request = RequestFactory().get("/?whose=mine&evil=1&sort=-due")
    request.actor, request.at = cast.actor("jiang"), timezone.now()  # type: ignore[attr-defined]
    page = Work(request)  # type: ignore[arg-type]
    assert set(QueryDict(page.kept_query)) == {"whose", "sort"}
