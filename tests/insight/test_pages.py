"""The pages of figures: overview, one figure with its cases, files, rights; the same over the API."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from dingfen.insight.figures import FIGURES
from dingfen.ownership.models import Dispute
from dingfen.register.models import Look
from tests.api.conftest import token_for
from tests.ownership.conftest import House
from tests.web.conftest import signed_in

__all__ = ["signed_in"]
pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


@pytest.fixture
def then(busy: House):  # type: ignore[no-untyped-def]
    """The clock of the house is the clock of the server."""
    with time_machine.travel(busy.now, tick=False):
        yield busy


def test_the_overview(signed_in: SignedIn, then: House) -> None:
    for language, words in (
        ("zh-hans", ["指标", "看表", "改判率", "样本过少", "计入", "基数"]),
        ("en", ["See the table"]),
    ):
        page = signed_in("fang", language).get("/insight/?period=30d")
        text = page.content.decode()
        assert page.status_code == 200 and all(word in text for word in words)
        assert text.count("<details") >= len(FIGURES)
        assert not re.search(r"style=|onclick=", text)
    data = json.loads(re.search(r'id="chart-data" type="application/json">(.*?)</script>', text)[1])  # type: ignore[index]
    assert {one["id"] for one in data} >= {"flow", "ages", "articles"}


def test_it_takes_a_bounded_number_of_queries(signed_in: SignedIn, then: House) -> None:
    client = signed_in("fang")
    client.get("/insight/")
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get("/insight/")
    assert len(found) < 75, len(found)


def test_a_figure_opens_its_cases(signed_in: SignedIn, then: House) -> None:
    client = signed_in("fang")
    for one in FIGURES:
        page = client.get(f"/insight/{one.id}/?period=90d")
        assert page.status_code == 200, one.id
        assert str(one.title) and "定义" in page.content.decode()
    text = client.get("/insight/rate/?period=30d").content.decode()
    for number in Dispute.objects.values_list("case__number", flat=True):
        assert number in text
    departed = client.get("/insight/departed/?period=30d").content.decode()
    assert departed.count('class="vh">计入</span></td>') == 1, "one of three is ticked"
    assert client.get("/insight/nothing/").status_code == 404
    assert client.get("/insight/rate/?period=nonsense&page=x&unit=").status_code == 200
    assert client.get(f"/insight/rate/?unit={then.cast.other_company.uid}").status_code == 404


def test_files(signed_in: SignedIn, then: House) -> None:
    client = signed_in("fang")
    csv = b"".join(client.get("/insight/?export=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert csv.count("\r\n") == len(FIGURES) + 1 and "改判率" in csv
    book = load_workbook(io.BytesIO(b"".join(client.get("/insight/rate/?export=xlsx").streaming_content)))  # type: ignore[attr-defined]
    assert len(list(book.active.rows)) == 5
    assert Look.objects.filter(kind="export").count() == 2


def test_without_the_role_there_is_nothing(signed_in: SignedIn, then: House) -> None:
    for who in ("lin", "chen", "admin"):
        assert signed_in(who).get("/insight/").status_code == 403
        assert "/insight/" not in signed_in(who).get("/").content.decode()
    assert "/insight/" in signed_in("jiang").get("/").content.decode()


def test_an_empty_house_says_so(signed_in: SignedIn) -> None:
    text = signed_in("fang").get("/insight/").content.decode()
    assert "本期没有数据" in text and "没有受保护的登记" in text and "echarts" not in text


def test_over_the_api(then: House) -> None:
    client = Client(HTTP_AUTHORIZATION=f"Bearer {token_for(then.cast.fang)[0]}", HTTP_ACCEPT_LANGUAGE="en")
    told = client.get("/api/v1/figures?period=30d").json()
    found = {one["id"]: one for one in told["figures"]}
    assert found["rate"]["now"] == {"value": 80.0, "counted": 4, "out_of": 5, "p90": None, "few": False}
    assert found["rate"]["out_of"] == "deals signed in the period"
    cases = client.get("/api/v1/figures/departed/cases?period=30d").json()
    assert [one["counts"] for one in cases].count(True) == 1 and len(cases) == 3
    charts = client.get("/api/v1/figures/charts?period=30d").json()
    assert {one["id"] for one in charts} == {"flow", "time", "ages", "articles", "pool", "grades"}
    assert client.get("/api/v1/figures?period=8d").status_code == 422
    assert client.get("/api/v1/figures/x/cases").status_code == 404
