"""How disputes go on in the demo: answered, proposed, ruled, appealed; the last ones stay where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.ownership.actions.claims import answer
from dingfen.ownership.actions.deciding import confirm, rule_otherwise
from dingfen.ownership.actions.duties import done
from dingfen.ownership.actions.ruling import appeal, rule_final
from dingfen.ownership.actions.sanctions import decide_sanction
from dingfen.ownership.models import Dispute, Effect
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.sanctions import seat
from dingfen.problems import Problem

State = Dispute.State
STATEMENTS = {
    "YL": (
        "该客户由我最先登记并持续跟进，跟进记录见登记簿。",
        "客户到店时由我接待、报价并签单，查询时未见他人登记。",
        "客户来电咨询后由我安排试驾，合同条款由我与客户谈定。",
        "我两次上门介绍车型，签单前一直与客户保持联系。",
    ),
    "XH": (
        "该客户由我最先登记并持续跟进，预算与投放计划由我核实。",
        "我最先上门，合同由我签下，查询时未见他人登记。",
        "我多次拜访客户并取得决策人名片，签单前一直保持联系。",
        "投放方案与报价由我提交，客户据此定稿签约。",
    ),
}
GROUNDS = "裁决未计入我在签单前的两次拜访，请按登记簿重新核对。"
STANDS = "经核对登记簿，所称两次拜访均晚于签单，不影响原裁决。"
CHANGED = "经核对登记簿，申诉人在签单前确有两次到访，应计入评分，据此改判。"
HEARD = "已听取本人意见或期限已过，依登记簿核对后决定。"
FINE = Decimal(100)
REASON = "客户的选型与谈判由签单人完成，按实际贡献分成。"


class Quarrels:
    """Each evening the disputes of a company may move a step."""

    def __init__(self, random: Random, actor: Callable[[str, dt.datetime], Actor]) -> None:
        self.random = random
        self.actor = actor
        self.led: set[int] = set()  # disputes that somebody else moves

    def evening(self, company: Unit, at: dt.datetime) -> None:
        open_ones = (
            Dispute.objects.filter(case__company=company)
            .exclude(state__in=(State.FINAL, State.AGREED, State.WITHDRAWN))
            .exclude(pk__in=self.led)
        )
        for dispute in open_ones.select_related("case__company").order_by("pk"):
            if dispute.case.opened_at < at - dt.timedelta(hours=20) and self.random.random() < 0.6:
                self._move(dispute, at)

    def duties(self, company: Unit, at: dt.datetime) -> None:
        """Most of what a final ruling asks is done within the day."""
        due = Effect.objects.filter(
            ruling__dispute__case__company=company, kind="duty", state=Effect.State.DUE
        )
        for effect in due.select_related("staff").order_by("pk"):
            if self.random.random() < 0.8:
                done(actor=self.actor(effect.staff.username, at), at=at, effect_uid=effect.uid)

    def sanctions(self, company: Unit, at: dt.datetime) -> None:
        """Decided two days after the hearing: every third dropped, a fine where the rule leaves it to the head."""
        heard = Sanction.objects.filter(
            case__company=company, state=Sanction.State.DECIDING, answer_by__lt=at - dt.timedelta(days=2)
        )
        for sanction in heard.select_related("case", "staff").order_by("pk"):
            found = seat(sanction, at)
            if found is None or not found.people:
                continue
            ways: dict[str, Any] = {"outcome": "imposed"}
            if sanction.case.pk % 3 == 0:
                ways = {"outcome": "none"}
            elif sanction.measure == Sanction.Measure.HEAD_DECIDES:
                ways = {"outcome": "milder", "measure": "fine", "amount": FINE}
            head = self.actor(found.people[0].username, at)
            decide_sanction(actor=head, at=at, sanction_uid=sanction.case.uid, reason=HEARD, **ways)

    def _move(self, dispute: Dispute, at: dt.datetime) -> None:
        if dispute.state in {State.RAISED, State.EVIDENCE}:
            self.answer(dispute, at)
        elif dispute.state in {State.AWAITING_RULING, State.AWAITING_JOINT}:
            self._rule(dispute, at)
        elif dispute.state == State.RULED and self.random.random() < 0.3:
            self.appeal(dispute, at)
        elif dispute.state == State.APPEALED:
            self._final(dispute, at)

    def _rule(self, dispute: Dispute, at: dt.datetime) -> None:
        """The head (or one of two, then the other) rules; mostly as proposed."""
        heads = self.heads(dispute.case.company)
        joint = dispute.decider_mode != "head"
        together = dispute.pk % 7 == 3  # now and then both heads see it otherwise than the rules
        for head in heads:
            try:
                if dispute.proposed and not together and self.random.random() < 0.85:
                    self.confirm(dispute, head, at)
                elif together or not joint:
                    self.otherwise(dispute, head, at)
            except Problem as problem:
                if problem.status not in {403, 404, 409}:
                    raise
            dispute.refresh_from_db()
            if (
                dispute.state not in {State.AWAITING_RULING, State.AWAITING_JOINT}
                or self.random.random() < 0.3
            ):
                return

    def answer(self, dispute: Dispute, at: dt.datetime, only: str = "") -> None:
        """Every claimant answers, or `only` the one with this user name."""
        said = list(STATEMENTS[dispute.case.company.code])
        self.random.shuffle(said)
        for claim in dispute.claims.filter(answered_at=None, withdrawn_at=None).select_related("claimant"):
            if only in {"", claim.claimant.username}:
                actor = self.actor(claim.claimant.username, at)
                answer(actor=actor, at=at, dispute_uid=dispute.case.uid, statement=said.pop())

    def confirm(self, dispute: Dispute, head: Staff, at: dt.datetime) -> None:
        confirm(actor=self.actor(head.username, at), at=at, dispute_uid=dispute.case.uid)

    def otherwise(self, dispute: Dispute, head: Staff, at: dt.datetime) -> None:
        """Half each, and why."""
        actor = self.actor(head.username, at)
        claims = list(dispute.claims.filter(withdrawn_at=None).select_related("claimant").order_by("pk")[:2])
        split = [{"staff": str(claim.claimant.uid), "share": 50} for claim in claims]
        rule_otherwise(
            actor=actor,
            at=at,
            dispute_uid=dispute.case.uid,
            holder=claims[0].claimant.uid,
            split=split,
            reason=REASON,
        )

    def appeal(self, dispute: Dispute, at: dt.datetime) -> None:
        ruling = dispute.rulings.order_by("pk").last()
        loser = (
            dispute.claims.exclude(claimant=ruling.holder if ruling else None)
            .select_related("claimant")
            .first()
        )
        if loser is not None and ruling and ruling.appeal_until and at < ruling.appeal_until:
            appeal(
                actor=self.actor(loser.claimant.username, at),
                at=at,
                dispute_uid=dispute.case.uid,
                grounds=GROUNDS,
            )

    def _final(self, dispute: Dispute, at: dt.datetime) -> None:
        """Every third appeal succeeds."""
        appellant = dispute.appeals.select_related("appellant").latest("pk").appellant
        changed = dispute.pk % 3 == 1
        for chief in self._people(dispute.case.company, Role.GENERAL_MANAGER):
            rule_final(
                actor=self.actor(chief.username, at),
                at=at,
                dispute_uid=dispute.case.uid,
                outcome="changed" if changed else "stands",
                reason=CHANGED if changed else STANDS,
                **({"holder": str(appellant.uid)} if changed else {}),  # type: ignore[arg-type]
            )

    def heads(self, company: Unit) -> list[Staff]:
        return self._people(company, Role.HEAD)

    @staticmethod
    def _people(company: Unit, role: str) -> list[Staff]:
        grants = RoleGrant.objects.filter(role=role, staff__company=company).select_related("staff")
        return [grant.staff for grant in grants.order_by("staff_id")]
