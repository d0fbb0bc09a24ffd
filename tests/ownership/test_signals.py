"""Signals from real rows: seen by who decides and compliance, by nobody else, and without effect."""

from __future__ import annotations

import pytest

from dingfen.ownership.signals import may_see, signals_for
from dingfen.parties import actions as parties
from dingfen.parties.models import Touch
from dingfen.problems import Problem
from tests.cast import Cast
from tests.ownership.conftest import House
from tests.ownership.test_disputes import answered
from tests.ownership.test_evidence import _page

pytestmark = pytest.mark.django_db


def test_what_the_rows_show(dealer: House, cast: Cast) -> None:
    """Lin writes the same note three times, and reports calls of no length."""
    held = dealer.register("lin")
    for _ in range(3):
        dealer.later(hours=30)
        dealer.act(
            "lin", "record_touch", uid=held.customer.uid, kind="outgoing", minutes=0, note="已联系， 有意向"
        )
    dealer.later(hours=2)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in", note="到店看车")
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    dispute = answered(dealer, deal.disputes.select_related("case").get())
    before = bytes(dispute.proposed or b"")
    seen = {one.signal.code: one for one in signals_for(cast.actor("jiang", dealer.now), dispute, dealer.now)}
    assert set(seen) == {"same_notes", "zero_length"}
    same = seen["same_notes"]
    assert (same.signal.count, len(same.signal.entries), same.signal.staff) == (3, 3, str(cast.lin.uid))
    assert (same.people, same.staff, same.limit.article) == (1, 2, None)
    assert bytes(dealer.dispute(dispute).proposed or b"") == before
    for who in ("jiang", "gu", "zhou", "fang"):
        assert may_see(cast.actor(who, dealer.now), dispute, dealer.now)
        assert 'id="signals"' in _page(dealer, who, dispute)
    for who in ("lin", "xu"):
        assert 'id="signals"' not in _page(dealer, who, dispute)
        with pytest.raises(Problem) as refused:
            signals_for(cast.actor(who, dealer.now), dispute, dealer.now)
        assert refused.value.code == "signals.not_yours"


def test_checked_and_registered_right_after_a_colleague(dealer: House, cast: Cast) -> None:
    """Xu enters a walk-in; minutes later lin checks the number and registers the customer."""
    from dingfen.ownership.queries import check_conflict
    from dingfen.parties.details import Details, check
    from dingfen.parties.registering import register_party

    details = Details(name="陈立群", phones=("13812342046",))
    customer = register_party(
        unit=cast.west, details=details, at=dealer.now, created_by_id=cast.xu.pk, read=check(details)
    )
    dealer.act("xu", "record_touch", uid=customer.uid, kind="walk_in")
    dealer.now = dealer.later(minutes=4)
    check_conflict(actor=cast.actor("lin", dealer.now), at=dealer.now, phone="13812342046")
    dealer.later(minutes=2)
    held = dealer.register("lin")
    assert held.customer == customer
    dealer.later(hours=3)
    deal = dealer.act("xu", "record_deal", customer_uid=customer.uid)
    dispute = deal.disputes.select_related("case").get()
    (one,) = signals_for(cast.actor("gu", dealer.now), dispute, dealer.now)
    assert one.signal.code == "search_then_register"
    assert (one.signal.staff, one.signal.others) == (str(cast.lin.uid), (str(cast.xu.uid),))


def test_places_of_sites(dealer: House, cast: Cast) -> None:
    cast.site.latitude, cast.site.longitude = 30.27, 120.15  # type: ignore[assignment]
    cast.site.save()
    from dingfen.accounts.models import Role, RoleGrant
    from dingfen.accounts.units import add_unit

    far = add_unit(
        cast.company,
        "site",
        "沪上展厅",
        "HSZ",
        time_zone="Asia/Shanghai",
        latitude="31.23",
        longitude="121.47",
    )
    RoleGrant.objects.create(staff=cast.lin, role=Role.SALESPERSON, unit=far)
    held = dealer.register("lin")
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="walk_in")
    dealer.later(minutes=30)
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="walk_in", unit=far)
    dealer.later(hours=5)
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    dispute = deal.disputes.select_related("case").get()
    (one,) = signals_for(cast.actor("jiang", dealer.now), dispute, dealer.now)
    assert one.signal.code == "too_far" and 150 < one.signal.params["kilometres"] < 180


def test_an_erased_note_leaves_no_digest(
    dealer: House, cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    from dingfen.parties import erasing

    monkeypatch.setattr(erasing, "list_path", lambda: tmp_path / "erasures.jsonl")
    held = dealer.register("lin")
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="call", note="约周六试驾")
    same = dealer.act("lin", "record_touch", uid=held.customer.uid, kind="call", note=" 约周六 试驾")
    digests = set(Touch.objects.values_list("note_digest", flat=True))
    assert digests == {same.note_digest} and same.note_digest
    parties.erase(
        actor=cast.actor("zhou", dealer.now),
        at=dealer.now,
        uid=held.customer.uid,
        confirm_number=held.customer.number,
        reason="asked",
    )
    assert set(Touch.objects.values_list("note_digest", flat=True)) == {""}
