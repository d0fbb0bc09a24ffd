"""Disputes: opened by people and by the system, answered, ruled on, appealed, replayed."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from dingfen.clocks.models import Clock
from dingfen.engine.vocabulary import FACTS
from dingfen.outbox.models import Delivery
from dingfen.ownership.models import Deal, Dispute, Effect, Registration, Ruling
from dingfen.ownership.replay import replay
from dingfen.parties import search
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.ownership.conftest import House

State = Dispute.State


def dealt(house: House) -> tuple[Registration, Deal, Dispute]:
    """Lin holds and follows up; Xu visits without telling and signs two days later."""
    held = house.register("lin")
    house.later(hours=20)
    house.act("lin", "record_touch", uid=held.customer.uid, kind="visit")
    house.later(days=1)
    house.act("xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    house.later(hours=4)
    deal = house.act(
        "xu",
        "record_deal",
        customer_uid=held.customer.uid,
        quantity=6,
        signer=house.cast.xu.uid,
        scope=held.scope,
    )
    return held, deal, Dispute.objects.select_related("case").get(deal=deal)


def answered(house: House, dispute: Dispute) -> Dispute:
    for who, text in (
        ("lin", "登记在先，持续跟进，签约时仍在保护期内。"),
        ("xu", "客户到店由我接待并签约。"),
    ):
        house.act(who, "answer", dispute_uid=dispute.case.uid, statement=text)
    return house.dispute(dispute)


def ruled(house: House) -> Dispute:
    dispute = answered(house, dealt(house)[2])
    for head in ("jiang", "gu"):
        house.act(head, "confirm", dispute_uid=dispute.case.uid)
    return house.dispute(dispute)


def test_a_deal_signed_by_somebody_else_opens_a_dispute(dealer: House) -> None:
    held, _deal, dispute = dealt(dealer)
    assert (dispute.origin, dispute.state) == ("deal_by_other", State.EVIDENCE)
    assert set(dispute.claims.values_list("claimant__username", flat=True)) == {"lin", "xu"}
    held.refresh_from_db()
    assert held.state == Registration.State.DISPUTED
    assert Clock.objects.get(subject_uid=held.uid).state == Clock.State.PAUSED
    assert Clock.objects.live().filter(subject_uid=dispute.case.uid, kind="dispute.evidence").exists()
    assert dispute.case.number.startswith("D-2026-")
    assert Delivery.objects.filter(event="dispute.claim").count() >= 2


def test_the_holder_signing_is_no_dispute(dealer: House) -> None:
    held = dealer.register("lin")
    dealer.act("lin", "record_deal", customer_uid=held.customer.uid)
    held.refresh_from_db()
    assert held.state == Registration.State.WON
    assert not Dispute.objects.exists()


def test_four_signers_are_one_too_many(media: House, cast: Cast) -> None:
    held = media.register("lin")
    others = [cast.xu.uid, cast.jiang.uid, cast.gu.uid]
    with pytest.raises(Problem) as refused:
        media.act("lin", "record_deal", customer_uid=held.customer.uid, co_signers=others)
    assert refused.value.errors["co_signers"][0][0] == "deal.signers"


def test_when_all_have_answered_the_rules_propose(dealer: House) -> None:
    dispute = answered(dealer, dealt(dealer)[2])
    assert dispute.state == State.AWAITING_RULING
    assert dispute.decider_mode == "joint"
    proposed = json.loads(bytes(dispute.proposed or b""))
    assert proposed["outcome"] == "award"
    assert proposed["holder"] == str(dealer.cast.lin.uid)
    text = bytes(dispute.facts or b"").decode() + bytes(dispute.proposed or b"").decode()
    assert "陈立群" not in text
    assert "林可欣" not in text


def test_the_time_for_evidence_ends_by_itself(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    dealer.later(days=10)
    assert dealer.dispute(dispute).state == State.AWAITING_RULING


def test_two_heads_must_both_say_and_then_the_holder_changes_provisionally(dealer: House) -> None:
    _held, _deal, dispute = dealt(dealer)
    answered(dealer, dispute)
    dealer.act("jiang", "confirm", dispute_uid=dispute.case.uid)
    assert dealer.dispute(dispute).state == State.AWAITING_JOINT
    with pytest.raises(Problem) as twice:
        dealer.act("jiang", "confirm", dispute_uid=dispute.case.uid)
    assert twice.value.code == "dispute.said_already"
    dealer.act("gu", "confirm", dispute_uid=dispute.case.uid, note="跟进连续，同意。")
    dispute = dealer.dispute(dispute)
    assert dispute.state == State.RULED
    assert dispute.registration is not None
    assert dispute.registration.holder == dealer.cast.lin
    assert dispute.registration.state == Registration.State.WON
    ruling = Ruling.objects.get(dispute=dispute)
    assert ruling.number == "DK2-R 2026/1"
    bonus = ruling.effects.get(kind="bonus")
    assert (bonus.staff, bonus.amount, bonus.state) == (dealer.cast.xu, 600, Effect.State.PENDING)
    assert replay(ruling)


def test_a_ruling_cannot_be_replayed_from_other_facts(dealer: House) -> None:
    ruling = Ruling.objects.get(dispute=ruled(dealer))
    facts = json.loads(bytes(ruling.facts))
    facts["claims"][0]["visits"] = 99
    ruling.facts = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    facts["claims"][0]["registered_at"], facts["claims"][1]["registered_at"] = None, "2026-01-01T00:00:00Z"
    other = Ruling(**{f.attname: getattr(ruling, f.attname) for f in Ruling._meta.concrete_fields})
    other.facts = json.dumps(facts).encode()
    assert not replay(other)


def test_claimants_and_strangers_do_not_rule(dealer: House) -> None:
    dispute = answered(dealer, dealt(dealer)[2])
    for who, status in (("xu", 403), ("shen", 403), ("stranger", 403), ("zhou", 403)):
        with pytest.raises(Problem) as refused:
            dealer.act(who, "confirm", dispute_uid=dispute.case.uid)
        assert refused.value.status == status, who


def test_heads_who_differ_bring_it_to_the_general_manager_whose_word_is_final(dealer: House) -> None:
    dispute = answered(dealer, dealt(dealer)[2])
    uid = dispute.case.uid
    dealer.act("jiang", "confirm", dispute_uid=uid)
    dealer.act(
        "gu",
        "rule_otherwise",
        dispute_uid=uid,
        holder=dealer.cast.xu.uid,
        reason="客户到店时归属人不在，徐嘉言完成全部洽谈。",
    )
    dispute = dealer.dispute(dispute)
    assert (dispute.decider_mode, dispute.state) == ("general_manager", State.AWAITING_RULING)
    with pytest.raises(Problem) as refused:
        dealer.act("jiang", "confirm", dispute_uid=uid)
    assert refused.value.code == "dispute.not_decider"
    dealer.act("fang", "confirm", dispute_uid=uid)
    assert dealer.dispute(dispute).state == State.FINAL


def test_ruling_otherwise_needs_a_reason_and_shares_of_100(dealer: House) -> None:
    dispute = answered(dealer, dealt(dealer)[2])
    lin, xu = str(dealer.cast.lin.uid), str(dealer.cast.xu.uid)
    given = {"dispute_uid": dispute.case.uid, "holder": lin}
    with pytest.raises(Problem) as short:
        dealer.act("jiang", "rule_otherwise", **given, reason="不同意")
    assert short.value.errors["reason"][0][0] == "reason.short"
    reason = "双方都有贡献，按接待情况分成。"
    split = [{"staff": lin, "share": 60}, {"staff": xu, "share": 30}]
    with pytest.raises(Problem) as sum_:
        dealer.act("jiang", "rule_otherwise", **given, reason=reason, split=split)
    code, params = sum_.value.errors["split"][0]
    assert (code, params["total"], params["missing"]) == ("split.not_100", "90", "10")
    split[1]["share"] = 40
    for head in ("jiang", "gu"):
        dealer.act(head, "rule_otherwise", **given, reason=reason, split=split)
    ruling = Ruling.objects.get(dispute__case__uid=dispute.case.uid)
    assert (ruling.outcome, ruling.as_proposed) == ("split", False)
    assert sum(one["share"] for one in ruling.split) == 10_000


def test_nobody_appeals_and_the_ruling_is_final_with_its_duties_due(dealer: House) -> None:
    dispute = ruled(dealer)
    dealer.later(days=30)
    dispute = dealer.dispute(dispute)
    assert dispute.state == State.FINAL
    effects = Effect.objects.filter(ruling__dispute=dispute).exclude(kind="sanction")
    assert effects.exists()
    assert {effect.state for effect in effects} <= {Effect.State.DUE}
    for duty in effects.filter(kind="duty"):
        assert duty.due_at is not None
        dealer.act(duty.staff.username, "done", effect_uid=duty.uid)


def test_an_appeal_in_time_waits_for_the_general_manager_who_can_change_it(dealer: House) -> None:
    dispute = ruled(dealer)
    uid = dispute.case.uid
    dealer.later(hours=30)
    dealer.act("xu", "appeal", dispute_uid=uid, grounds="客户指名由我接待，登记簿第 3 条可证。")
    assert dealer.dispute(dispute).state == State.APPEALED
    with pytest.raises(Problem) as refused:
        dealer.act(
            "jiang", "rule_final", dispute_uid=uid, outcome="stands", reason="维持原裁决，理由同前述。"
        )
    assert refused.value.status == 403
    xu = dealer.cast.xu
    dealer.act(
        "fang",
        "rule_final",
        dispute_uid=uid,
        outcome="changed",
        holder=xu.uid,
        reason="经查客户确指名徐嘉言接待。",
    )
    dispute = dealer.dispute(dispute)
    assert dispute.state == State.FINAL
    assert dispute.registration is not None
    assert dispute.registration.holder == xu
    first, final = dispute.rulings.order_by("pk")
    assert {effect.state for effect in first.effects.all()} == {Effect.State.REVERSED}
    assert Effect.State.REVERSED not in {effect.state for effect in final.effects.all()}
    assert (final.stage, final.outcome) == ("final", "changed")
    assert replay(final)
    assert Registration.objects.filter(state__in=("held", "won", "lapsing", "disputed")).count() == 1


def test_an_appeal_too_late_fails(dealer: House) -> None:
    dispute = ruled(dealer)
    dealer.now = Ruling.objects.get(dispute=dispute).appeal_until or dealer.now
    with pytest.raises(Problem) as late:
        dealer.act("xu", "appeal", dispute_uid=dispute.case.uid, grounds="客户指名由我接待，登记簿可证。")
    assert late.value.code == "appeal.late"


def test_sent_back_means_new_evidence(dealer: House) -> None:
    dispute = ruled(dealer)
    uid = dispute.case.uid
    dealer.act("xu", "appeal", dispute_uid=uid, grounds="客户指名由我接待，登记簿可证。")
    dealer.act(
        "fang", "rule_final", dispute_uid=uid, outcome="sent_back", reason="接待登记未查，发回补充证据。"
    )
    dispute = dealer.dispute(dispute)
    assert dispute.state == State.EVIDENCE
    assert answered(dealer, dispute).state == State.AWAITING_RULING


def test_a_claim_after_the_window_fails(dealer: House) -> None:
    held = dealer.register("lin")
    deal = dealer.act("lin", "record_deal", customer_uid=held.customer.uid)
    dealer.later(days=7)
    with pytest.raises(Problem) as late:
        dealer.act("xu", "raise_dispute", deal_uid=deal.uid, statement="客户由我介绍。")
    assert late.value.code == "dispute.window"
    assert late.value.params["article"]


def test_a_person_disputes_a_registration_found_by_the_check(dealer: House) -> None:
    from dingfen.matching import Record

    held = dealer.register("lin")
    dispute = dealer.act(
        "xu", "raise_dispute", record=Record(phones=("13812342046",)), statement="上周由我首次接待。"
    )
    assert (dispute.registration, dispute.deal, dispute.origin) == (held, None, "person")
    dealer.act("xu", "withdraw", dispute_uid=dispute.case.uid)
    held.refresh_from_db()
    assert dealer.dispute(dispute).state == State.WITHDRAWN
    assert held.state == Registration.State.HELD
    assert Clock.objects.get(subject_uid=held.uid).state == Clock.State.RUNNING


def test_claimants_who_agree_need_no_ruling(dealer: House) -> None:
    dispute = dealt(dealer)[2]
    lin, xu = str(dealer.cast.lin.uid), str(dealer.cast.xu.uid)
    split = [{"staff": lin, "share": 50}, {"staff": xu, "share": 50}]
    dealer.act("lin", "agree", dispute_uid=dispute.case.uid, holder=lin, split=split)
    assert dealer.dispute(dispute).state == State.EVIDENCE
    dealer.act("xu", "agree", dispute_uid=dispute.case.uid, holder=lin, split=split)
    assert dealer.dispute(dispute).state == State.AGREED


def test_findings_by_a_head_change_the_proposal_and_void_what_was_said(media: House) -> None:
    dispute = answered(media, dealt(media)[2])
    uid = dispute.case.uid
    claim = dispute.claims.get(claimant=media.cast.xu)
    media.act(
        "jiang", "find", dispute_uid=uid, fact="invented_visits", value=True, claim_uid=claim.uid,
        reason="门岗登记中没有该次来访。",
    )  # fmt: skip
    before = bytes(dispute.proposed or b"")
    dispute = media.dispute(dispute)
    assert bytes(dispute.proposed or b"") != before
    assert Entry.objects.filter(kind="dispute.found").count() == 1


def test_every_step_is_an_entry_and_the_register_verifies(dealer: House) -> None:
    dispute = ruled(dealer)
    kinds = list(
        Entry.objects.filter(subject_uid=dispute.case.uid).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == [
        "dispute.raised",
        "dispute.answered",
        "dispute.answered",
        "dispute.proposed",
        "dispute.confirmed",
        "dispute.ruled",
    ]


def test_a_finding_that_is_no_number_is_refused(media: House) -> None:
    dispute = answered(media, dealt(media)[2])
    numbers = [name for name, fact in FACTS.items() if fact.type == "number" and fact.judged]
    claim = dispute.claims.get(claimant=media.cast.xu)
    for value in ("NaN", "Infinity", "-inf", float("nan"), 10**400, "zwei", True, None):
        with pytest.raises(Problem) as refused:
            media.act(
                "jiang", "find", dispute_uid=dispute.case.uid, fact=numbers[0], value=value,
                claim_uid=claim.uid if FACTS[numbers[0]].subject == "claim" else None,
                reason="门岗登记中没有该次来访。",
            )  # fmt: skip
        assert refused.value.status == 422
        assert "value" in refused.value.errors


def test_a_dispute_is_found_by_its_number_and_by_its_tail(dealer: House) -> None:
    number = dealt(dealer)[2].case.number
    tail = number.rsplit("-", 1)[1]
    for typed in (number, number.lower(), tail, tail.lstrip("0")):
        for who in ("lin", "xu", "jiang", "fang"):
            hits = search.search(dealer.cast.actor(who, dealer.now), typed, kinds=["dispute"])
            assert [hit.number for hit in hits] == [number]
        for who in ("shen", "stranger"):
            assert not search.search(dealer.cast.actor(who, dealer.now), typed, kinds=["dispute"])


def test_a_note_stands_in_the_time_line_for_who_sees_the_case(dealer: House, client: Client) -> None:
    dispute = dealt(dealer)[2]
    address = f"/disputes/{dispute.case.uid}/"
    client.force_login(dealer.cast.jiang)
    assert client.post(f"{address}note/", {"text": "  "}).status_code == 422
    assert client.post(f"{address}note/", {"text": "已请门店提供接待记录"}).status_code == 302
    assert "已请门店提供接待记录" in client.get(address).content.decode()
    assert "已请门店提供接待记录" not in client.get(f"{address}?show=rulings").content.decode()
    with pytest.raises(Problem) as refused:
        dealer.act("stranger", "note", dispute_uid=dispute.case.uid, text="x")
    assert refused.value.code == "not_visible"
