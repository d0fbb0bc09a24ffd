"""The last week's disputes, led to the state each is to be found in: one of every kind that waits for someone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dingfen.accounts.actor import Actor
from dingfen.demo.organisation import Organisation
from dingfen.demo.quarrels import Quarrels
from dingfen.demo.showing import attach
from dingfen.ownership.actions.deals import record_deal
from dingfen.ownership.actions.taking_over import take_over_claim
from dingfen.ownership.actions.touches import record_touch
from dingfen.ownership.models import Dispute, Registration
from dingfen.problems import Problem

STOOD_IN = "归属人外出，代为接待；客户看过实车，当日谈定价格。"
AWAY = "下月起休产假，由同组同事接手"
BUILD_UP = 3  # days over which the colleague comes in before signing


@dataclass
class Plan:
    """A dispute raised `days` before the last day that is to stop at `end`."""

    company: str
    holder: str
    signer: str
    days: int
    end: str
    quantity: int = 1
    hold: Registration | None = None
    dispute: Dispute | None = None


ENDS = (
    (6, "appealed", 1),
    (5, "ruled", 2),
    (4, "differ", 1),
    (3, "half", 6),
    (2, "open", 1),
    (1, "evidence", 2),
)
DUTY = (4, "split", 2)
"""At the dealer's a colleague stands in for a holder who is away, and signs the same day: the rules split."""


def plans(company: str, sellers: tuple[str, ...]) -> list[Plan]:
    """One plan for every end; the sellers take turns at signing what the other holds."""
    made = []
    for number, (days, end, quantity) in enumerate((*ENDS, DUTY) if company == "YL" else ENDS):
        holder, signer = sellers if number % 2 else sellers[::-1]
        made.append(Plan(company, holder, signer, days, end, quantity))
    return made


class Finale:
    """Called once every afternoon and once every evening."""

    def __init__(
        self,
        plans: list[Plan],
        organisation: Organisation,
        quarrels: Quarrels,
        actor: Callable[[str, dt.datetime], Actor],
    ) -> None:
        self.plans, self.organisation, self.quarrels, self.actor = plans, organisation, quarrels, actor

    def afternoon(self, at: dt.datetime, left: int) -> None:
        """`left`: days until the last one."""
        for number, plan in enumerate(self.plans):
            moment = at + dt.timedelta(minutes=8 * number)
            if plan.end == "split":
                if left == plan.days:
                    self._stand_in(plan, moment)
                continue
            if left == plan.days + BUILD_UP:
                plan.hold = self._choose(plan, at)
            if plan.hold is None:
                continue
            if left == plan.days + BUILD_UP:
                self._touch(plan.signer, plan, moment, "visit", card=True, contact_rank=2, notify_holder=True)
            elif left == plan.days + 2:
                self._touch(plan.holder, plan, moment, "visit", card=True, contact_rank=4)
                self._touch(plan.signer, plan, moment + dt.timedelta(minutes=4), "outgoing", minutes=6)
            elif left == plan.days + 1:
                self._touch(plan.signer, plan, moment, "visit")
                self._touch(plan.holder, plan, moment + dt.timedelta(minutes=4), "visit")
            elif left == plan.days:
                self._sign(plan, moment)

    def evening(self, at: dt.datetime, left: int) -> None:
        for plan in self.plans:
            if plan.dispute is None:
                continue
            try:
                self._step(plan, plan.dispute, at, plan.days - left)
            except Problem as problem:  # the rules took another way, by the calendar of the day
                if problem.status not in {403, 404, 409, 422}:
                    raise

    def _stand_in(self, plan: Plan, at: dt.datetime) -> None:
        """Receive while the holder is away, tell holder and head, note the talk, sign."""
        plan.hold = self._choose(plan, at)
        if plan.hold is not None:
            self._touch(
                plan.signer, plan, at, "walk_in", note=STOOD_IN, notify_holder=True, holder_away=True
            )  # fmt: skip
            self._sign(plan, at + dt.timedelta(minutes=50))

    def _choose(self, plan: Plan, at: dt.datetime) -> Registration | None:
        taken = [other.hold.pk for other in self.plans if other.hold]
        rows = Registration.objects.filter(
            holder=self.organisation.staff[plan.holder],
            state="held",
            registered_at__lte=at - dt.timedelta(days=6),
        ).exclude(pk__in=taken)
        return rows.select_related("customer").order_by("-registered_at", "pk").first()

    def _touch(self, username: str, plan: Plan, at: dt.datetime, kind: str, **told: Any) -> None:
        hold = plan.hold
        assert hold is not None
        record_touch(
            actor=self.actor(username, at), at=at, uid=hold.customer.uid, kind=kind, scope=hold.scope, **told
        )

    def _sign(self, plan: Plan, at: dt.datetime) -> None:
        hold = plan.hold
        assert hold is not None
        hold.refresh_from_db()
        if hold.state != "held":
            return
        deal = record_deal(
            actor=self.actor(plan.signer, at),
            at=at,
            customer_uid=hold.customer.uid,
            scope=hold.scope,
            signer=self.organisation.staff[plan.signer].uid,
            quantity=plan.quantity,
            amount=plan.quantity * 138_000,  # type: ignore[arg-type]
            reference=f"HT-{at:%Y%m%d}-{plan.days:02d}",
        )
        plan.dispute = Dispute.objects.select_related("case__company").filter(deal=deal).first()
        if plan.dispute is not None:
            self.quarrels.led.add(plan.dispute.pk)

    def _step(self, plan: Plan, dispute: Dispute, at: dt.datetime, day: int) -> None:
        """Evidence a day after it was raised, votes after two, an appeal after three."""
        dispute.refresh_from_db()
        heads = self.quarrels.heads(dispute.case.company)
        if day == 1 and plan.end == "evidence" and plan.company == "YL":
            self._pass_on(plan, dispute, at)
        if day == 1:
            if plan.end in ("evidence", "half"):
                attach(dispute, self.actor(plan.signer, at), at)
            self.quarrels.answer(dispute, at, only=plan.signer if plan.end == "evidence" else "")
        elif day == 2 and plan.end != "open":
            self.quarrels.confirm(dispute, heads[-1], at)
            if plan.end == "differ":
                self.quarrels.otherwise(dispute, heads[0], at)
            elif plan.end != "half":
                self.quarrels.confirm(dispute, heads[0], at)
        elif day == 3 and plan.end == "appealed":
            self.quarrels.appeal(dispute, at)

    def _pass_on(self, plan: Plan, dispute: Dispute, at: dt.datetime) -> None:
        """Whoever held the customer will be away for long: a colleague speaks for the claim."""
        claim = dispute.claims.get(claimant=self.organisation.staff[plan.holder])
        take_over_claim(
            actor=self.actor("jiang", at), at=at, claim_uid=claim.uid, to=self.organisation.staff["he"].uid,
            reason=AWAY,
        )  # fmt: skip
