"""The pages of customers through HTTP: what is shown, what is hidden, what each form does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dingfen.ownership.models import Registration
from dingfen.parties import actions, queries
from dingfen.parties.models import Customer, Touch
from dingfen.register.models import Entry
from tests.cast import NOW, Cast
from tests.parties.conftest import Make
from tests.web.conftest import SignedIn

SignIn = Callable[..., Client]


@pytest.fixture
def signed(signed_in: SignedIn) -> SignIn:
    """Clients that read English unless said otherwise."""
    return lambda name, language="en": signed_in(name, language)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_list_shows_names_masks_numbers_and_says_who_holds(
    cast: Cast, make: Make, signed: SignIn
) -> None:
    customer = make("温思远", "13612345678", grade="H")
    make("邵庭", unit=cast.west, by="xu")
    Registration.objects.create(
        company=cast.company,
        customer=customer,
        holder=cast.lin,
        unit=cast.east,
        registered_at=NOW,
        recorded_at=NOW,
    )
    page = text(signed("jiang"), "/customers/")
    assert "温思远" in page
    assert "136****5678" in page
    assert "林可欣" in page
    assert "13612345678" not in page
    assert "邵庭" not in page
    assert "邵庭" in text(signed("fang"), "/customers/")
    assert "温思远" not in text(signed("xu"), "/customers/")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=5678", True), ("q=思远", True), ("q=邵", False), ("grade=H", True), ("grade=A", False),
        ("kind=company", False), ("quiet=30", False),
        ("sort=-touched", True), ("sort=sealed", True), ("grade=Z", True), ("unit=999999", True),
    ],
)  # fmt: skip
def test_filters_are_allow_listed(make: Make, signed: SignIn, query: str, shown: bool) -> None:
    make("温思远", "13612345678", grade="H")
    assert ("温思远" in text(signed("jiang"), f"/customers/?{query}")) is shown


def test_the_list_takes_the_same_queries_however_long(
    make: Make, signed: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed("jiang")
    make("温思远")
    text(client, "/customers/")
    with CaptureQueriesContext(connection) as few:
        text(client, "/customers/")
    for n in range(12):
        make(f"温思远{'一二三四五六七八九十百千'[n]}")
    with django_assert_num_queries(len(few)):
        text(client, "/customers/")


def test_the_card_and_what_may_be_done_on_it(cast: Cast, make: Make, signed: SignIn) -> None:
    customer = make("温思远", "13612345678", profile={"need": "七座车"})
    lin = cast.actor("lin")
    actions.add_contact(
        actor=lin, at=NOW, uid=customer.uid, name="邵庭", title="采购", rank=3, phone="13777778888"
    )
    actions.record_touch(actor=lin, at=NOW, uid=customer.uid, kind="call", note="约周六试驾")
    page = text(signed("lin"), f"/customers/{customer.uid}/")
    for part in ("温思远", "七座车", "邵庭", "136****5678", "137****8888", "约周六试驾", "K-000001"):
        assert part in page, part
    for part in ("13612345678", "13777778888", "Shred personal data", "Merge…"):
        assert part not in page, part
    assert "Merge…" in text(signed("jiang"), f"/customers/{customer.uid}/")
    assert "Shred personal data" in text(signed("zhou"), f"/customers/{customer.uid}/")
    for who in ("xu", "stranger"):
        text(signed(who), f"/customers/{customer.uid}/", 404)
    chinese = text(signed("lin", "zh-hans"), f"/customers/{customer.uid}/")
    assert "登记接触" in chinese
    assert "客户卡" in chinese


def test_adding_asks_when_it_may_be_another(make: Make, signed: SignIn) -> None:
    make("温思远", "13612345678")
    client = signed("chen")
    text(client, "/customers/new/")
    given = {
        "kind": "person",
        "name": "邵庭",
        "phones": "136 1234 5678",
        "unit": str(Customer.objects.get().unit_id),
    }
    refused = client.post("/customers/new/", given)
    assert refused.status_code == 422
    assert "may be an existing customer" in refused.content.decode()
    done = client.post("/customers/new/", {**given, "confirm_possible": "on"})
    assert done.status_code == 302
    bad = client.post("/customers/new/", {**given, "phones": "1361234567"}).content.decode()
    assert "A mobile number has 11 digits; this has 10." in bad


def test_a_touch_in_two_fields_and_a_wrong_one_stays_in_the_form(make: Make, signed: SignIn) -> None:
    customer = make("温思远")
    client = signed("lin")
    path = f"/customers/{customer.uid}/touches/"
    assert (
        client.post(path, {"kind": "call", "met": "customer", "reached": "on", "note": "谈价格"}).status_code
        == 302
    )
    assert Touch.objects.get().kind == "call"
    wrong = client.post(
        path, {"kind": "call", "met": "customer", "occurred_at": "2090-01-01T10:00", "note": "留着"}
    )
    assert wrong.status_code == 422
    assert "be later than now" in wrong.content.decode()
    assert "留着" in wrong.content.decode()
    assert Touch.objects.count() == 1


def test_corrections_of_card_and_touch(cast: Cast, make: Make, signed: SignIn) -> None:
    customer = make("温思远")
    client = signed("lin")
    text(client, f"/customers/{customer.uid}/edit/")
    given = {"name": "文思远", "grade": "H", "version": "1"}
    assert client.post(f"/customers/{customer.uid}/edit/", given).status_code == 302
    assert queries.known(Customer.objects.get())["name"] == "文思远"
    stale = client.post(f"/customers/{customer.uid}/edit/", {**given, "name": "温远"})
    assert stale.status_code == 409
    assert "文思远" in stale.content.decode()  # what stands there now, beside what was typed
    assert "温远" in stale.content.decode()
    touch = actions.record_touch(actor=cast.actor("lin"), at=NOW, uid=customer.uid, kind="visit", minutes=30)
    text(client, f"/touches/{touch.uid}/correct/")
    assert (
        client.post(f"/touches/{touch.uid}/correct/", {"met": "customer", "minutes": "45"}).status_code == 302
    )
    assert Touch.objects.get(corrects=touch).reached is False
    text(signed("jiang"), f"/touches/{touch.uid}/correct/", 404)


def test_reveal_by_page_and_by_part(make: Make, signed: SignIn) -> None:
    customer = make("温思远", "13612345678")
    item = customer.identifiers.get()
    client, path = signed("lin"), f"/customers/{customer.uid}/reveal/{item.uid}/"
    assert client.post(path, {}).status_code == 422
    part = client.post(path, {"reason": "contact"}, headers={"HX-Request": "true"})
    assert part.content.decode().strip() == '<b class="num nw">13612345678</b>'
    assert "13612345678" in client.post(path, {"reason": "contact"}).content.decode()
    assert Entry.objects.filter(kind="data.revealed").count() == 2


def test_identifiers_contacts_merge_and_shredding(make: Make, signed: SignIn) -> None:
    customer, other = make("温思远", "13612345678"), make("文思远", "13900001111")
    head, path = signed("jiang"), f"/customers/{customer.uid}"
    bad = head.post(f"{path}/identifiers/", {"identifier-kind": "plate", "identifier-value": "浙1"})
    assert bad.status_code == 422
    assert "A number plate looks like" in bad.content.decode()
    head.post(f"{path}/identifiers/", {"identifier-kind": "plate", "identifier-value": "浙A·12345"})
    plate = customer.identifiers.get(kind="plate")
    assert head.post(f"{path}/identifiers/{plate.uid}/void/", {"reason": "已换车"}).status_code == 302
    head.post(f"{path}/contacts/", {"contact-name": "邵庭", "contact-rank": "3"})
    contact = customer.contacts.get()
    assert head.post(f"{path}/contacts/{contact.uid}/void/", {"reason": "离职"}).status_code == 302
    unknown = head.post(f"{path}/merge/", {"merge-gone": "K-999999", "merge-reason": "同一人"})
    assert unknown.status_code == 422
    head.post(f"{path}/merge/", {"merge-gone": other.number.lower(), "merge-reason": "同一人"})
    other.refresh_from_db()
    assert other.merged_into_id == customer.pk
    assert "K-000002" in text(head, f"{path}/")
    assert head.post(f"/customers/merges/{customer.merges.get().uid}/undo/").status_code == 302
    compliance = signed("zhou")
    wrong = {"erase-confirm_number": "K-9", "erase-reason": "asked"}
    assert compliance.post(f"{path}/erase/", wrong).status_code == 422
    assert (
        compliance.post(f"{path}/erase/", {**wrong, "erase-confirm_number": customer.number}).status_code
        == 302
    )
    text(head, f"{path}/", 404)


def test_grades_in_bulk_with_a_result_per_row(cast: Cast, make: Make, signed: SignIn) -> None:
    one, two = make("温思远"), make("邵庭")
    answer = signed("lin").post(
        "/customers/", {"bulk": "grade", "grade": "H", "uid": [str(one.uid), str(two.uid)]}
    )
    assert answer.status_code == 200
    assert list(Customer.objects.values_list("grade", flat=True)) == ["H", "H"]


def test_export_masks_and_is_for_who_may(make: Make, signed: SignIn) -> None:
    make("=cmd|x", "13612345678", kind="company")
    answer = signed("jiang").get("/customers/?export=csv")
    lines = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=cmd|x" in lines
    assert "13612345678" not in lines
    assert signed("lin").get("/customers/?export=csv").status_code == 403
