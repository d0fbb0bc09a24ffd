"""Two customers found to be one: their holds meet, and part again when the merge is undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dingfen import blobs
from dingfen.cases import attachments
from dingfen.cases.models import Attachment
from dingfen.clocks.models import Clock
from dingfen.matching import Record
from dingfen.ownership.actions import File
from dingfen.ownership.models import Dispute, Registration
from dingfen.parties.models import Merge
from dingfen.problems import Problem
from tests.ownership.conftest import House

State = Registration.State


def held(house: House, who: str, phone: str, name: str) -> Registration:
    made = house.register(who, name=name, phone=phone)
    house.later(hours=1)
    return made


def merge(house: House, kept: Registration, gone: Registration) -> Merge:
    given: dict[str, Any] = {"kept_uid": kept.customer.uid, "gone_uid": gone.customer.uid}
    found: Merge = house.act("admin", "merge_customers", **given, reason="同一位客户")
    return found


def known(*holds: Registration) -> list[tuple[Any, ...]]:
    rows = [Registration.objects.get(pk=one.pk) for one in holds]
    return [(row.customer_id, row.state, row.rival_of_id, row.ended_at, row.end_reason) for row in rows]


@pytest.mark.parametrize("earlier_is_kept", [True, False])
def test_two_holders_dispute_and_the_earlier_stays_active(dealer: House, earlier_is_kept: bool) -> None:
    first = held(dealer, "lin", "13812342046", "陈立群")
    second = held(dealer, "xu", "13900010002", "沈青云")
    before = known(first, second)
    kept, gone = (first, second) if earlier_is_kept else (second, first)
    done = merge(dealer, kept, gone)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.customer, first.state, first.rival_of) == (kept.customer, State.DISPUTED, None)
    assert (second.state, second.rival_of) == (State.DISPUTED, first)
    dispute = Dispute.objects.select_related("case").get(registration=first)
    assert (dispute.origin, dispute.case.customer) == ("overlap", kept.customer)
    assert set(dispute.claims.values_list("claimant__username", flat=True)) == {"lin", "xu"}
    dealer.later(days=2)
    dealer.act("admin", "undo_merge", merge_uid=done.uid)
    assert known(first, second) == before
    dispute.refresh_from_db()
    assert dispute.state == Dispute.State.WITHDRAWN
    states = (
        Clock.objects.live().filter(subject_uid__in=[first.uid, second.uid]).values_list("state", flat=True)
    )
    assert list(states) == [Clock.State.RUNNING] * 2


def test_who_wins_the_dispute_holds_and_the_merge_stays(dealer: House) -> None:
    first = held(dealer, "lin", "13812342046", "陈立群")
    second = held(dealer, "xu", "13900010002", "沈青云")
    done = merge(dealer, first, second)
    dispute = Dispute.objects.select_related("case").get(registration=first)
    dealer.act("lin", "withdraw", dispute_uid=dispute.case.uid)
    active = Registration.objects.get(customer=first.customer, state=State.HELD)
    assert active.holder == dealer.cast.xu
    second.refresh_from_db()
    assert second.state == State.LAPSED
    assert not Clock.objects.live().filter(subject_uid=second.uid).exists()
    with pytest.raises(Problem) as refused:
        dealer.act("admin", "undo_merge", merge_uid=done.uid)
    assert refused.value.code == "merge.settled"
    assert Merge.objects.get().undone_at is None


def test_one_hold_goes_with_the_customer_and_blocks_the_check(dealer: House) -> None:
    first = held(dealer, "lin", "13812342046", "陈立群")
    second = held(dealer, "lin", "13900010002", "沈青云")
    dealer.act("lin", "release", registration_uid=first.uid, reason="客户转由外地办理")
    before = known(first, second)
    done = merge(dealer, first, second)
    with pytest.raises(Problem) as refused:
        dealer.register("xu", name="陈立群", phone="13812342046")
    assert refused.value.code == "registration.held"
    dealer.act("admin", "undo_merge", merge_uid=done.uid)
    assert known(first, second) == before


def test_two_holds_of_one_person_become_one(dealer: House) -> None:
    first = held(dealer, "lin", "13812342046", "陈立群")
    second = held(dealer, "lin", "13900010002", "沈青云")
    before = known(first, second)
    done = merge(dealer, second, first)
    assert [row[:2] for row in known(first, second)] == [
        (second.customer_id, State.HELD),
        (second.customer_id, State.LAPSED),
    ]
    assert not Dispute.objects.exists()
    dealer.act("admin", "undo_merge", merge_uid=done.uid)
    assert known(first, second) == before
    assert Clock.objects.live().filter(subject_uid=second.uid).exists()


def test_customers_in_dispute_are_not_merged(dealer: House) -> None:
    first = held(dealer, "lin", "13812342046", "陈立群")
    second = held(dealer, "xu", "13900010002", "沈青云")
    merge(dealer, first, second)
    third = held(dealer, "xu", "13700010003", "温思远")
    with pytest.raises(Problem) as refused:
        merge(dealer, third, first)
    assert refused.value.code == "merge.disputed"
    assert refused.value.params["number"].startswith("D-")


def test_files_stay_with_the_case_through_a_merge_and_back(
    dealer: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file of a dispute about the record that goes can be opened after the merge, and after its undoing."""
    monkeypatch.setattr(blobs, "folder", lambda: tmp_path)
    first = held(dealer, "lin", "13812342046", "陈立群")
    second = held(dealer, "xu", "13900010002", "沈青云")
    dispute = dealer.act("lin", "raise_dispute", customer_uid=None, record=Record(phones=("13900010002",)))
    case = dispute.case
    given = [File(f"通话{n}.txt", f"第 {n} 次通话".encode()) for n in (1, 2)]
    kept = [dealer.act("xu", "add_file", dispute_uid=case.uid, file=one).attachment for one in given]
    dealer.act("lin", "withdraw", dispute_uid=case.uid)

    def files() -> list[bytes]:
        rows = Attachment.objects.filter(case=case).order_by("pk")
        assert [row.pk for row in rows] == [one.pk for one in kept]
        fang = dealer.cast.actor("fang", dealer.now)
        return [attachments.opened(actor=fang, at=dealer.now, attachment=row) for row in rows]

    before = files()
    assert before == [one.content for one in given]
    done = merge(dealer, first, second)
    assert files() == before
    dealer.act("admin", "undo_merge", merge_uid=done.uid)
    assert files() == before
    case.refresh_from_db()
    assert case.customer == second.customer
