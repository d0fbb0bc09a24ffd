"""A receiver hides whose customer it is: the dispute gives the customer back, the person is heard and sanctioned."""

from __future__ import annotations

import pytest

from dingfen.ownership.actions import Exhibit
from dingfen.ownership.models import Effect, Ruling
from dingfen.ownership.replay import replay
from dingfen.ownership.sanction_rows import Sanction
from dingfen.register.models import Entry
from dingfen.register.verification import verify
from tests.ownership.conftest import House

pytestmark = pytest.mark.django_db
REASON = "经核对登记簿、证据与双方陈述，予以认定"


def test_found_and_sanctioned(dealer: House) -> None:
    """Lin holds; xu receives without telling, signs; found to have concealed it; fined, appealed, milder."""
    cast = dealer.cast
    held = dealer.register("lin")
    dealer.later(hours=20)
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    dealer.later(hours=20)
    dealer.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid, quantity=2)
    dispute = deal.disputes.select_related("case").get()
    uid = dispute.case.uid
    dealer.act("lin", "answer", dispute_uid=uid, statement="登记在先，徐嘉言接待时客户已说明由我跟进。")
    dealer.act(
        "xu", "answer", dispute_uid=uid, statement="客户到店由我接待并签约。",
        evidence=[Exhibit("note", note="签约合同，存合同室")],
    )  # fmt: skip
    claim = dispute.claims.get(claimant=cast.xu)
    found = {
        "dispute_uid": uid,
        "claim_uid": claim.uid,
        "value": True,
        "reason": "来店登记写明客户已有归属人",
    }
    dealer.act("gu", "find", fact="concealed_owner", **found)
    for head in ("jiang", "gu"):
        dealer.act(head, "confirm", dispute_uid=uid)
    ruling = Ruling.objects.get(dispute=dispute)
    assert ruling.holder == cast.lin and replay(ruling)
    dealer.later(days=8)
    sanction = Sanction.objects.select_related("case").get()
    assert (sanction.staff, sanction.article, sanction.measure) == (cast.xu, "OWN-16", "fine")
    own = {"sanction_uid": sanction.case.uid}
    dealer.act("xu", "answer_sanction", answer="当时未听清客户所说，愿意接受教育。", **own)
    dealer.act("gu", "decide_sanction", outcome="imposed", reason=REASON, **own)
    dealer.act("xu", "appeal_sanction", grounds="系初次，且客户未受影响，请从轻", **own)
    dealer.act("fang", "settle_sanction_appeal", outcome="milder", measure="warning", reason=REASON, **own)
    sanction.refresh_from_db()
    assert (sanction.state, sanction.outcome, sanction.decided_measure) == ("final", "milder", "warning")
    assert Effect.objects.get(kind="sanction").state == Effect.State.DONE
    steps = Entry.objects.filter(subject_uid=sanction.case.uid).order_by("seq").values_list("kind", flat=True)
    assert [step.removeprefix("sanction.") for step in steps] == [
        "proposed", "answered", "decided", "appealed", "final",
    ]  # fmt: skip
    assert verify().grade != "INVALID"


def test_two_departments_by_scorecard_appealed_and_final(media: House) -> None:
    """First contact against visits and a higher card: joint ruling by points, changed on appeal, final."""
    cast = media.cast
    held = media.register("lin", phone="13812342046")
    media.act("lin", "record_touch", uid=held.customer.uid, kind="call")
    media.later(days=1)
    media.act("xu", "record_touch", uid=held.customer.uid, kind="visit", card=True, contact_rank=3)
    media.later(hours=5)
    media.act("xu", "record_touch", uid=held.customer.uid, kind="visit")
    deal = media.act("xu", "record_deal", customer_uid=held.customer.uid, amount=300_000)
    dispute = deal.disputes.select_related("case").get()
    uid = dispute.case.uid
    for who, text in (("lin", "首次联系在先。"), ("xu", "两次拜访，取得负责人名片。")):
        media.act(who, "answer", dispute_uid=uid, statement=text)
    dispute = media.dispute(dispute)
    assert dispute.decider_mode == "joint"
    media.act("jiang", "rule_otherwise", dispute_uid=uid, holder=cast.xu.uid, reason=REASON)
    media.act("gu", "rule_otherwise", dispute_uid=uid, holder=cast.xu.uid, reason=REASON)
    dispute = media.dispute(dispute)
    assert dispute.state == "ruled"
    first = dispute.rulings.get()
    assert first.holder == cast.xu and not first.as_proposed and replay(first)
    media.act("lin", "appeal", dispute_uid=uid, grounds="首次联系与登记均在先，应计一分")
    split = [{"staff": cast.xu.uid, "share": "70"}, {"staff": cast.lin.uid, "share": "30"}]
    media.act(
        "fang",
        "rule_final",
        dispute_uid=uid,
        outcome="changed",
        holder=cast.xu.uid,
        split=split,
        reason=REASON,
    )
    dispute = media.dispute(dispute)
    last = dispute.rulings.get(stage="final")
    assert dispute.state == "final" and {one["share"] for one in last.split} == {7000, 3000}
    assert set(Effect.objects.filter(ruling=first).values_list("state", flat=True)) <= {"reversed"}
    assert verify().grade != "INVALID"
