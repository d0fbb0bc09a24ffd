"""Correcting, contacts, identifiers, reveal, merge: each with its entry, each refused where it must be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dingfen.matching import Record
from dingfen.ownership.models import Registration
from dingfen.parties import actions, queries, search
from dingfen.parties.details import Details
from dingfen.parties.models import Customer
from dingfen.problems import Problem
from dingfen.register.models import Entry, Look
from dingfen.register.personal import read
from tests.cast import NOW, Cast
from tests.parties.conftest import Make


def last_entry() -> Entry:
    entry = Entry.objects.order_by("-seq").first()
    assert entry is not None
    return entry


def refusal(call: Any, **given: Any) -> Problem:
    before = Entry.objects.count()
    with pytest.raises(Problem) as caught:
        call(**given)
    assert Entry.objects.count() == before
    return caught.value


def test_adding_checks_first(cast: Cast, make: Make) -> None:
    make("温思远", "13612345678")
    agent = cast.actor("chen")
    given = {"actor": agent, "at": NOW, "unit": cast.site}
    same = refusal(actions.add_customer, **given, details=Details(name="温先生", phones=("13612345678",)))
    assert (same.code, same.status) == ("customer.exists", 409)
    perhaps = Details(name="邵庭", phones=("13612345678",))
    assert refusal(actions.add_customer, **given, details=perhaps).code == "customer.possible"
    added = actions.add_customer(**given, details=perhaps, confirm_possible=True)
    assert (last_entry().kind, last_entry().subject_uid) == ("customer.added", added.uid)
    assert "邵庭".encode() not in bytes(last_entry().body)


def test_a_correction_is_a_new_entry_with_both_values(cast: Cast, make: Make) -> None:
    customer = make("温思远", "13612345678")
    lin = cast.actor("lin")
    done = actions.update_customer(
        actor=lin,
        at=NOW,
        uid=customer.uid,
        changes={"name": "文思远", "grade": "H", "need": "七座车"},
        version=1,
    )
    assert (done.version, done.masked_name, done.grade) == (2, "文**", "H")
    entry = last_entry()
    assert entry.kind == "customer.corrected"
    assert "文思远".encode() not in bytes(entry.body)
    assert (read(entry) or {})["name"] == {"before": "温思远", "after": "文思远"}
    assert search.search(lin, "温思") == []
    assert len(search.search(lin, "文思远")) == 1
    (found,) = queries.candidates(cast.company.pk, Record(name="文思远", phones=("13612345678",)))
    assert found.match.sure == 100


def test_nothing_is_entered_when_nothing_changes(cast: Cast, make: Make) -> None:
    customer, before = make("温思远"), Entry.objects.count()
    done = actions.update_customer(
        actor=cast.actor("lin"), at=NOW, uid=customer.uid, changes={"name": " 温思远 ", "need": ""}
    )
    assert (done.version, Entry.objects.count()) == (1, before)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"), ({"grade": "Q"}, "grade"), ({"source": "x"}, "source"),
        ({"need": "长" * 2001}, "need"), ({"number": "K-1"}, "number"), ({"sealed": ""}, "sealed"),
    ],
)  # fmt: skip
def test_wrong_corrections(cast: Cast, make: Make, changes: dict[str, str], field: str) -> None:
    problem = refusal(
        actions.update_customer, actor=cast.actor("lin"), at=NOW, uid=make().uid, changes=changes
    )
    assert (problem.status, list(problem.errors)) == (422, [field])


def test_who_comes_second_is_told(cast: Cast, make: Make) -> None:
    customer, lin = make(), cast.actor("lin")
    given = {"actor": lin, "at": NOW, "uid": customer.uid, "version": 1}
    actions.update_customer(**given, changes={"need": "SUV"})
    assert refusal(actions.update_customer, **given, changes={"need": "轿车"}).code == "version.stale"


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("xu", 404), ("zhou", 403), ("tang", 403)])
def test_who_may_not_correct(cast: Cast, make: Make, who: str, status: int) -> None:
    problem = refusal(
        actions.update_customer, actor=cast.actor(who), at=NOW, uid=make().uid, changes={"need": "SUV"}
    )
    assert problem.status == status


def test_an_identifier_finds_the_customer_until_it_is_void(cast: Cast, make: Make) -> None:
    customer, lin = make("温思远"), cast.actor("lin")
    record = Record(phones=("13612345678",))
    given = {"actor": lin, "at": NOW, "uid": customer.uid}
    row = actions.add_identifier(**given, kind="phone", value="136 1234 5678")
    assert (row.kind, row.masked) == ("mobile", "136****5678")
    assert [one.customer_id for one in queries.candidates(cast.company.pk, record)] == [customer.pk]
    assert (
        refusal(actions.add_identifier, **given, kind="phone", value="13612345678").code == "identifier.there"
    )
    actions.void_identifier(**given, identifier_uid=row.uid, reason="号码已停用")
    assert queries.candidates(cast.company.pk, record) == []
    assert Customer.objects.get(pk=customer.pk).masked_phone == ""
    assert last_entry().kind == "identifier.voided"
    assert "停用".encode() not in bytes(last_entry().body)


def test_an_identifier_of_another_is_refused_but_a_switchboard_is_shared(cast: Cast, make: Make) -> None:
    make("邵庭", "13612345678", "0571-87654321")
    given = {"actor": cast.actor("lin"), "at": NOW, "uid": make("温思远").uid, "kind": "phone"}
    assert refusal(actions.add_identifier, **given, value="13612345678").code == "identifier.taken"
    assert actions.add_identifier(**given, value="0571-87654321").shared
    wrong = refusal(actions.add_identifier, **given, value="1361234567")
    assert wrong.errors["value"][0][0] == "phone.mobile_length"


def test_a_contact_is_sealed_found_and_voided(cast: Cast, make: Make) -> None:
    customer, lin = make("衡川建筑工程有限公司", kind="company"), cast.actor("lin")
    given = {"actor": lin, "at": NOW, "uid": customer.uid}
    row = actions.add_contact(**given, name="邵庭", title="采购经理", rank=3, phone="13612345678")
    assert (row.masked_name, row.masked_phone) == ("邵*", "136****5678")
    assert [(one.name, one.contact.rank) for one in queries.contacts(customer)] == [("邵庭", 3)]
    assert [hit.uid for hit in search.search(lin, "邵庭")] == [customer.uid]
    assert "邵庭".encode() not in bytes(last_entry().body)
    actions.void_contact(**given, contact_uid=row.uid, reason="已离职")
    assert queries.contacts(customer) == []
    assert search.search(lin, "邵庭") == []
    wrong = refusal(actions.add_contact, **given, name="", rank=9, phone="12")
    assert set(wrong.errors) == {"name", "rank", "phone"}


def test_each_reveal_is_an_entry_and_needs_a_reason(cast: Cast, make: Make) -> None:
    customer = make("温思远", "13612345678")
    item = customer.identifiers.get()
    given = {"actor": cast.actor("jiang"), "at": NOW, "uid": customer.uid, "item_uid": item.uid}
    assert refusal(actions.reveal, **given, reason="").errors["reason"][0][0] == "required"
    assert actions.reveal(**given, reason="dispute") == "+8613612345678"
    entry = last_entry()
    assert (entry.kind, entry.actor_uid) == ("data.revealed", cast.jiang.uid)
    assert b"13612345678" not in bytes(entry.body)
    assert refusal(actions.reveal, **{**given, "actor": cast.actor("xu")}, reason="dispute").status == 404
    assert refusal(actions.reveal, **{**given, "item_uid": customer.uid}, reason="dispute").status == 404


def test_a_merge_counts_two_as_one_and_can_be_undone(cast: Cast, make: Make) -> None:
    kept, gone = make("温思远", "13612345678"), make("文思远", "13900001111")
    head = cast.actor("fang")
    jiang = cast.actor("jiang")
    given = {"at": NOW, "kept_uid": kept.uid, "gone_uid": gone.uid, "reason": "同一人，换了号码"}
    assert refusal(actions.merge, actor=cast.actor("lin"), **given).status == 403
    assert refusal(actions.merge, actor=cast.actor("gu"), **given).status == 403
    assert refusal(actions.merge, actor=head, **given).status == 403
    row = actions.merge(actor=jiang, **given)
    (found,) = queries.candidates(cast.company.pk, Record(phones=("13900001111",)))
    assert (found.customer_id, found.record_id) == (kept.pk, gone.pk)
    assert queries.family_ids(kept.pk) == [kept.pk, gone.pk]
    assert {one.masked for one in queries.identifiers(kept)} == {"136****5678", "139****1111"}
    assert refusal(actions.merge, actor=jiang, **given).code == "merge.already"
    late = {"actor": jiang, "merge_uid": row.uid}
    assert refusal(actions.undo_merge, at=NOW + timedelta(days=8), **late).code == "merge.too_late"
    actions.undo_merge(at=NOW + timedelta(days=7), **late)
    (found,) = queries.candidates(cast.company.pk, Record(phones=("13900001111",)))
    assert found.customer_id == gone.pk
    assert refusal(actions.undo_merge, at=NOW, **late).code == "merge.undone"


def test_merges_in_a_row_stay_one_step_and_come_apart_in_order(cast: Cast, make: Make) -> None:
    a, b, c = make("温一"), make("温二"), make("温三")
    jiang = cast.actor("jiang")

    def into(kept: Customer, gone: Customer) -> Any:
        return actions.merge(actor=jiang, at=NOW, kept_uid=kept.uid, gone_uid=gone.uid, reason="同一人")

    def leading() -> list[int | None]:
        return list(Customer.objects.order_by("pk").values_list("merged_into_id", flat=True))

    first = into(b, a)
    second = into(c, b)
    assert leading() == [c.pk, c.pk, None]
    actions.undo_merge(actor=jiang, at=NOW, merge_uid=second.uid)
    assert leading() == [b.pk, None, None]
    third = into(c, b)
    actions.undo_merge(actor=jiang, at=NOW, merge_uid=first.uid)
    assert leading() == [None, c.pk, None]
    actions.undo_merge(actor=jiang, at=NOW, merge_uid=third.uid)
    assert leading() == [None, None, None]


def test_a_customer_is_not_merged_with_itself_or_with_a_strangers(cast: Cast, make: Make) -> None:
    customer, other = make(), make(unit=cast.other_company, by="stranger")
    given = {"actor": cast.actor("jiang"), "at": NOW, "kept_uid": customer.uid, "reason": "同一人"}
    assert refusal(actions.merge, **given, gone_uid=customer.uid).code == "merge.itself"
    assert refusal(actions.merge, **given, gone_uid=other.uid).status == 404


def test_opening_another_ones_card_is_logged(cast: Cast, make: Make) -> None:
    customer = make()
    for who in ("jiang", "lin"):
        actions.look_at(actor=cast.actor(who), at=NOW, customer=customer)
    looks = Look.objects.filter(kind="customer.viewed", subject_uid=customer.uid)
    assert set(looks.values_list("actor_uid", flat=True)) == {cast.jiang.uid, cast.lin.uid}
    Registration.objects.create(
        company=cast.company,
        customer=customer,
        holder=cast.lin,
        unit=cast.east,
        registered_at=NOW,
        recorded_at=NOW,
    )
    actions.look_at(actor=cast.actor("lin"), at=NOW, customer=customer)
    assert looks.count() == 2
