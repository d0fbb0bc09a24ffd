"""Follow-ups by HTTP: the list, the quick log, the next step, days left, the pool's filters."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from dingfen.accounts.actor import actor_for, system_actor
from dingfen.ownership.actions import record_touch, register_customer, release
from dingfen.ownership.models import Registration
from dingfen.parties.details import Details
from dingfen.parties.models import Touch
from dingfen.policies.actions import publish_shipped
from tests.cast import Cast
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def hold(cast: Cast, who: str, number: int, ago: int = 0, grade: str = "H") -> Registration:
    """A customer registered so many days ago."""
    at = timezone.now() - ago * DAY
    return register_customer(
        actor=actor_for(getattr(cast, who), at),
        at=at,
        details=Details(
            name=f"周{chr(0x4E00 + number * 7)}",
            phones=(f"1377{number:07d}",),
            grade=grade,
            source="call",
            profile={"need": "看车"},
        ),
        confirm_possible=True,
        reason="已核对，不是同一位客户",
    )


@pytest.fixture(autouse=True)
def rules(cast: Cast) -> None:
    at = timezone.now() - 90 * DAY
    publish_shipped(actor=system_actor(cast.company), at=at, unit=cast.company, pack="auto-dealer")


def shown(client: Any, query: str = "", path: str = "/follow-ups/") -> str:
    answer = client.get(f"{path}{query}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_overdue_today_and_whose(cast: Cast, signed_in: SignedIn) -> None:
    late, fresh, other = hold(cast, "lin", 1, ago=5), hold(cast, "lin", 2), hold(cast, "xu", 3, ago=5)
    lin = signed_in("lin")
    page = shown(lin)
    assert str(late.uid) in page
    assert str(fresh.uid) not in page
    every = shown(lin, "?view=all")
    assert str(fresh.uid) in every
    assert str(other.uid) not in every
    head = shown(signed_in("gu"), "?view=all")
    assert str(other.uid) in head
    assert str(late.uid) not in head
    assert f"/follow-ups/{other.uid}/" not in head  # only the holder logs
    assert str(late.uid) not in shown(lin, "?view=all&grade=A")


def test_the_quick_log_moves_the_date_and_plans_the_next_step(cast: Cast, signed_in: SignedIn) -> None:
    held = hold(cast, "lin", 1, ago=5)
    lin = signed_in("lin", "en")
    assert lin.get(f"/follow-ups/{held.uid}/").status_code == 200
    soon = timezone.localtime(timezone.now(), cast.site.zone) + 2 * DAY
    answer = lin.post(
        f"/follow-ups/{held.uid}/",
        {
            "kind": "visit", "reached": "yes", "met": "customer", "note": "试驾过了",
            "next_step_at": f"{soon:%Y-%m-%dT%H:%M}", "next_step": "送报价单",
            "back": "/follow-ups/?view=week",
        },
    )  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, "/follow-ups/?view=week")
    earlier, held = held, Registration.objects.get(pk=held.pk)
    assert held.follow_up_due > earlier.follow_up_due  # type: ignore[operator]
    assert held.next_step_at is not None
    assert "送报价单" not in bytes(held.next_step).decode("latin-1")  # sealed
    assert "送报价单" in shown(lin, "?view=all")
    assert "送报价单" in shown(lin, "", f"/holdings/{held.uid}/")


def test_htmx_gets_the_row_back_and_faults_in_the_line(cast: Cast, signed_in: SignedIn) -> None:
    held = hold(cast, "lin", 1, ago=5)
    lin = signed_in("lin", "en")
    said = {"kind": "outgoing", "reached": "no", "met": "customer"}
    where = {"headers": {"HX-Request": "true", "HX-Current-URL": "http://testserver/follow-ups/?view=all"}}
    answer = lin.post(f"/follow-ups/{held.uid}/", said, **where)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith(f'<tr data-uid="{held.uid}">')
    assert re.search(r"</span>\s*1\s*</td>", text)  # one attempt since
    assert Registration.objects.get(pk=held.pk).follow_up_due == held.follow_up_due
    fault = lin.post(f"/follow-ups/{held.uid}/", {**said, "next_step_at": "2020-01-01T10:00"}, **where)
    assert (fault.status_code, fault["HX-Retarget"]) == (422, "#log-line")
    assert "Plan a time after now" in fault.content.decode()
    assert Touch.objects.filter(customer=held.customer).count() == 1


def test_a_head_does_not_log_for_the_holder(cast: Cast, signed_in: SignedIn) -> None:
    held = hold(cast, "lin", 1)
    said = {"kind": "visit", "reached": "yes", "met": "customer"}
    assert signed_in("jiang").post(f"/follow-ups/{held.uid}/", said).status_code == 409
    assert signed_in("xu").post(f"/follow-ups/{held.uid}/", said).status_code == 404
    assert not Touch.objects.filter(customer=held.customer).exists()


def test_not_reached_for_several_with_a_result_per_row(cast: Cast, signed_in: SignedIn) -> None:
    chosen = [hold(cast, "lin", number) for number in (1, 2)]
    hold(cast, "lin", 3)
    form = {"bulk": "not_reached", "uid": [held.uid for held in chosen]}
    refused = signed_in("jiang", "en").post("/follow-ups/?view=all", form).content.decode()
    assert refused.count("held by somebody else") == 2  # a head does not log for the holder
    assert not Touch.objects.exists()
    assert "2 rows done" in signed_in("lin", "en").post("/follow-ups/?view=all", form).content.decode()
    kept = set(Touch.objects.values_list("customer_id", "kind", "reached"))
    assert kept == {(held.customer_id, "outgoing", False) for held in chosen}


def test_a_next_step_is_planned_and_taken_back_on_the_page_of_the_hold(
    cast: Cast, signed_in: SignedIn
) -> None:
    held = hold(cast, "lin", 1)
    lin = signed_in("lin", "en")
    soon = timezone.localtime(timezone.now(), cast.site.zone) + DAY
    step = {"next_step_at": f"{soon:%Y-%m-%dT%H:%M}", "next_step": "call back"}
    assert lin.post(f"/holdings/{held.uid}/next-step/", step).status_code == 302
    assert "call back" in shown(lin, "", f"/holdings/{held.uid}/")
    assert lin.post(f"/holdings/{held.uid}/next-step/", {"next_step_at": "soon"}).status_code == 422
    assert lin.post(f"/holdings/{held.uid}/next-step/", {}).status_code == 302
    assert Registration.objects.get(pk=held.pk).next_step_at is None


def test_days_left_in_holdings_and_what_falls_within_a_week(cast: Cast, signed_in: SignedIn) -> None:
    falls, stays = hold(cast, "lin", 1, ago=3), hold(cast, "lin", 2, grade="C")
    page = shown(signed_in("jiang", "en"), "?view=falls", "/holdings/")
    assert str(falls.uid) in page
    assert str(stays.uid) not in page
    down = shown(signed_in("lin"), "?who=mine&sort=-left", "/holdings/")
    assert down.index(str(stays.uid)) < down.index(str(falls.uid))


def test_the_pool_by_days_and_grade(cast: Cast, signed_in: SignedIn) -> None:
    holds = [hold(cast, "lin", number, ago=60) for number in range(3)]
    for held, days in zip(holds, (1, 20, 40), strict=True):
        at = timezone.now() - days * DAY
        release(actor=actor_for(cast.lin, at), at=at, registration_uid=held.uid, reason="客户转由外地办理")
    xu = signed_in("xu")
    for value, there in (("7", 0), ("30", 1), ("more", 2)):
        page = shown(xu, f"?days={value}", "/pool/")
        assert [str(held.uid) in page for held in holds] == [n == there for n in range(3)]
    assert str(holds[0].uid) not in shown(xu, "?grade=A", "/pool/")


def test_attempts_count_since_the_last_effective_follow_up(cast: Cast, signed_in: SignedIn) -> None:
    held = hold(cast, "lin", 1, ago=4)
    for ago, reached in ((3, False), (2, True), (1, False), (1, False)):
        at = timezone.now() - ago * DAY
        actor = actor_for(cast.lin, at)
        record_touch(actor=actor, at=at, uid=held.customer.uid, kind="outgoing", reached=reached)
    assert re.search(r"</span>\s*2\s*</td>", shown(signed_in("lin"), "?view=all"))


def test_the_api_lists_them_and_plans_the_next_step(cast: Cast, signed_in: SignedIn) -> None:
    held, _other = hold(cast, "lin", 1, ago=5), hold(cast, "lin", 2, grade="C")
    lin = signed_in("lin")
    when = (timezone.now() + DAY).isoformat()
    path = f"/api/v1/registrations/{held.uid}/next-step"
    said = {"next_step_at": when, "next_step": "回电"}
    planned = lin.post(path, said, content_type="application/json")
    assert planned.status_code == 200, planned.content
    (row,) = lin.get("/api/v1/follow-ups?due=late&grade=H&mine=true").json()["items"]
    assert (row["uid"], row["next_step"], row["attempts"]) == (str(held.uid), "回电", 0)
    assert row["days_left"] is not None
    assert len(lin.get("/api/v1/follow-ups").json()["items"]) == 2
