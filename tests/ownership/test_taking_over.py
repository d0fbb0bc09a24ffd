"""A claim goes to a colleague: what was done counts on, the deciders stay, money stays with whoever earned it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from dingfen.accounts.models import Role, Staff
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership.deciders import parties_of
from dingfen.ownership.handover import actions as handover
from dingfen.ownership.handover import queries, running
from dingfen.ownership.models import ACTIVE, Claim, Dispute, Effect, Registration
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import person
from tests.ownership.conftest import House

State = Registration.State
REASON = "合同到期离职"


@pytest.fixture
def mei(dealer: House) -> Staff:
    cast = dealer.cast
    found = person("mei", "梅雨桐", cast.east, Role.SALESPERSON, cast.east)
    vars(cast)["mei"] = found
    return found


@pytest.fixture
def dispute(dealer: House) -> Dispute:
    """lin holds and has followed up; xu signed the deal. xu has answered, lin not yet."""
    held = dealer.register("lin")
    dealer.later(hours=2)
    dealer.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    deal = dealer.act("xu", "record_deal", customer_uid=held.customer.uid)
    found: Dispute = deal.disputes.get()
    dealer.act("xu", "answer", dispute_uid=found.case.uid, statement="客户由我接待成交。")
    return dealer.dispute(found)


def claim_of(dispute: Dispute, staff: Staff) -> Claim:
    return dispute.claims.get(claimant=staff)


def give(house: House, dispute: Dispute, to: Staff, who: str = "jiang") -> Claim:
    claim = claim_of(dispute, house.cast.lin)
    found: Claim = house.act(who, "take_over_claim", claim_uid=claim.uid, to=to.uid, reason=REASON)
    return found


def rule(house: House, dispute: Dispute) -> Dispute:
    for who in ("jiang", "gu"):
        house.act(who, "confirm", dispute_uid=dispute.case.uid)
    return house.dispute(dispute)


def test_who_steps_in_answers_wins_and_holds_and_the_money_is_the_leavers(
    dealer: House, dispute: Dispute, mei: Staff
) -> None:
    cast = dealer.cast
    units, asked = set(dispute.decider_units.all()), claim_of(dispute, cast.lin).answer_by
    dealer.later(days=1)
    claim = give(dealer, dispute, mei)
    assert (claim.claimant, claim.unit) == (mei, cast.east)
    assert asked is not None and claim.answer_by is not None and claim.answer_by > asked
    clock = Clock.objects.live().get(subject_uid=dispute.case.uid)
    assert clock.deadline == claim.answer_by
    entry = Entry.objects.get(kind="claim.taken_over")
    facts = json.loads(bytes(entry.body))["facts"]
    assert facts == {"claim": str(claim.uid), "staff": str(cast.lin.uid), "to": str(mei.uid)}
    with pytest.raises(Problem) as gone:
        dealer.act("lin", "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    assert gone.value.code == "dispute.not_claimant"
    assert {cast.lin.pk, mei.pk} <= parties_of(dispute)

    dealer.act("mei", "answer", dispute_uid=dispute.case.uid, statement="林可欣登记并跟进，由我接手。")
    now = dealer.dispute(dispute)
    proposed = json.loads(bytes(now.proposed or b""))
    assert set(now.decider_units.all()) == units
    assert proposed["holder"] == str(mei.uid)  # by what lin had done: mei has not met the customer
    assert str(cast.lin.uid) not in bytes(now.facts or b"").decode()

    now = rule(dealer, now)
    held = Registration.objects.get(customer=now.case.customer, state__in=ACTIVE)
    assert held.holder == mei
    kinds = set(Effect.objects.filter(staff=cast.lin).values_list("kind", flat=True))
    assert kinds and "duty" not in kinds  # commission and quota of the deal are lin's
    assert not Effect.objects.filter(staff=mei).exclude(kind="duty").exists()


def test_what_the_heads_have_said_falls_away_and_a_decider_cannot_step_in(
    dealer: House, dispute: Dispute, mei: Staff
) -> None:
    cast = dealer.cast
    dealer.act("lin", "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    dealer.act("jiang", "confirm", dispute_uid=dispute.case.uid)
    person("both", "齐思源", cast.east, Role.SALESPERSON, cast.east)
    for to, code in ((cast.xu, "claim.already"), (cast.jiang, "holder.not_salesperson")):
        with pytest.raises(Problem) as refused:
            give(dealer, dispute, to)
        assert [code] == [one[0] for one in refused.value.errors["to"]]
    give(dealer, dispute, mei)
    now = dealer.dispute(dispute)
    assert now.state == Dispute.State.AWAITING_RULING
    assert not now.confirmations.filter(void=False).exists()
    assert json.loads(bytes(now.proposed or b""))["holder"] == str(mei.uid)
    assert rule(dealer, now).state == Dispute.State.RULED


@pytest.mark.parametrize(("who", "status"), [("xu", 403), ("gu", 403), ("shen", 404), ("stranger", 404)])
def test_who_may(dealer: House, dispute: Dispute, mei: Staff, who: str, status: int) -> None:
    with pytest.raises(Problem) as refused:
        give(dealer, dispute, mei, who)
    assert refused.value.status == status


def test_in_time_to_appeal_and_the_changed_ruling_names_who_stepped_in(
    dealer: House, dispute: Dispute, mei: Staff, client: Client
) -> None:
    """The first ruling goes against the leaver; the colleague appeals, and the paper goes on naming the leaver."""
    cast = dealer.cast
    dealer.act("lin", "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    for who in ("jiang", "gu"):
        dealer.act(
            who,
            "rule_otherwise",
            dispute_uid=dispute.case.uid,
            holder=cast.xu.uid,
            reason="客户由徐嘉言全程服务。",
        )
    give(dealer, dealer.dispute(dispute), mei)
    dealer.act("mei", "appeal", dispute_uid=dispute.case.uid, grounds="登记和跟进在先，应归先登记人。")
    client.force_login(cast.fang)
    page = client.get(f"/disputes/{dispute.case.uid}/").content.decode()
    assert "林可欣" in page and "梅雨桐" in page
    dealer.act(
        "fang", "rule_final", dispute_uid=dispute.case.uid, outcome="changed", holder=cast.lin.uid,
        reason="登记在先，跟进有效。",
    )  # fmt: skip
    final = dealer.dispute(dispute)
    assert final.rulings.order_by("-pk")[0].holder == mei
    assert Registration.objects.get(customer=final.case.customer, state__in=ACTIVE).holder == mei
    paper = client.get(f"/disputes/{dispute.case.uid}/paper/").content.decode()
    assert "梅雨桐" in paper
    assert Effect.objects.filter(staff=cast.lin, kind="commission", state="due").exists()


def heard(dispute: Dispute, staff: Staff) -> set[str]:
    told = Delivery.objects.filter(recipient=staff, subject_uid=dispute.case.uid)
    return set(told.values_list("event", flat=True))


@pytest.mark.parametrize("gone", [False, True])
def test_who_was_moved_hears_the_ruling_who_has_left_hears_nothing(
    dealer: House, dispute: Dispute, mei: Staff, gone: bool
) -> None:
    lin = dealer.cast.lin
    give(dealer, dispute, mei)
    before = heard(dispute, lin)
    assert "claim.handed_on" in before
    if gone:
        lin.left_on = dispute.case.unit.day(dealer.now)
        lin.save(update_fields=["left_on"])
        dealer.later(days=1)
    dealer.act("mei", "answer", dispute_uid=dispute.case.uid, statement="由我接手主张。")
    rule(dealer, dispute)
    dealer.act("xu", "appeal", dispute_uid=dispute.case.uid, grounds="我先到访客户并报价，请核对。")
    dealer.act(
        "fang", "rule_final", dispute_uid=dispute.case.uid, outcome="stands", reason="登记在先，维持原裁决。"
    )
    assert {"dispute.ruled", "dispute.appealed", "dispute.final"} <= heard(dispute, mei)
    news = heard(dispute, lin) - before - {"effect.due"}
    assert news == (set() if gone else {"dispute.ruled", "dispute.appealed", "dispute.final"})


def test_withdrawn_by_the_rival_the_customer_is_the_successors(
    dealer: House, dispute: Dispute, mei: Staff
) -> None:
    give(dealer, dispute, mei)
    dealer.act("xu", "withdraw", dispute_uid=dispute.case.uid)
    now = dealer.dispute(dispute)
    assert now.state == Dispute.State.WITHDRAWN
    assert Registration.objects.get(customer=now.case.customer, state__in=ACTIVE).holder == mei
    assert Entry.objects.filter(kind="registration.transferred").exists()


def test_a_hold_that_changed_hands_before_the_final_ruling(
    dealer: House, dispute: Dispute, mei: Staff
) -> None:
    """Ruled for lin, moved to mei, changed on appeal to xu: mei's hold ends, xu's is the one."""
    dealer.act("lin", "answer", dispute_uid=dispute.case.uid, statement="由我登记并跟进。")
    rule(dealer, dispute)
    held = Registration.objects.get(customer=dispute.case.customer, state__in=ACTIVE)
    dealer.act(
        "jiang", "transfer", registration_uid=held.uid, to=mei.uid, reason="林可欣已经离职，由我组接手。"
    )
    dealer.act("xu", "appeal", dispute_uid=dispute.case.uid, grounds="客户由我全程接待并签单。")
    dealer.act(
        "fang", "rule_final", dispute_uid=dispute.case.uid, outcome="changed",
        holder=dealer.cast.xu.uid, reason="登记后没有有效跟进。",
    )  # fmt: skip
    now = Registration.objects.get(customer=dispute.case.customer, state__in=ACTIVE)
    assert now.holder == dealer.cast.xu


def test_with_everything_else_of_a_leaver_back_again_and_the_account_closed(
    dealer: House, dispute: Dispute, mei: Staff
) -> None:
    cast = dealer.cast
    dealer.register("lin", "杜若飞", "13912340001")

    def act(who: str, name: str, **given: Any) -> Any:
        return getattr(handover, name)(actor=cast.actor(who, dealer.now), at=dealer.now, **given)

    def over() -> Any:
        found = act(
            "jiang", "plan", person_uid=cast.lin.uid, why="left", reason=REASON, way="robin",
            to=[cast.xu.uid, mei.uid],
        )  # fmt: skip
        act("jiang", "start", handover_uid=found.uid)
        return running.run_to_end(found, dealer.now)

    found = over()
    item = found.items.get(kind="claim")
    assert (item.to, item.state) == (mei, "done")  # xu claims there: the next in turn takes it
    assert queries.inventory(cast.lin, dealer.now).stops == 0
    act("jiang", "undo", handover_uid=found.uid)
    running.run_to_end(found, dealer.now)
    assert claim_of(dispute, cast.lin).takeovers.get().undone_at is not None
    assert queries.inventory(cast.lin, dealer.now).claims == 1
    over()
    act("admin", "close_account", person_uid=cast.lin.uid)
    cast.lin.refresh_from_db()
    assert not cast.lin.is_active
    dealer.act("mei", "answer", dispute_uid=dispute.case.uid, statement="由我接手主张。")
    assert rule(dealer, dispute).rulings.get().holder == mei


def test_on_the_page_and_through_the_api(dealer: House, dispute: Dispute, mei: Staff, client: Client) -> None:
    cast = dealer.cast
    client.force_login(cast.jiang)
    claim, url = claim_of(dispute, cast.lin), f"/disputes/{dispute.case.uid}/"
    assert "梅雨桐" in client.get(url).content.decode()
    bad = client.post(url + "hand-over/", {"claim": claim.uid, "to": cast.xu.uid, "reason": REASON})
    assert bad.status_code == 422 and "此人已在本争议中提出主张" in bad.content.decode()
    done = client.post(url + "hand-over/", {"claim": claim.uid, "to": mei.uid, "reason": REASON}, follow=True)
    assert "林可欣提出" in done.content.decode()
