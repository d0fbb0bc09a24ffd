"""Three months of two companies, day by day, through the same actions that people use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from dingfen import wiring
from dingfen.accounts.actor import Actor, actor_for, system_actor
from dingfen.clocks.sweep import sweep
from dingfen.demo import (
    circles,
    counter,
    desk,
    letters,
    names,
    questions,
    rule_books,
    settling,
    showing,
)
from dingfen.demo.complaints import Complaints
from dingfen.demo.finale import Finale, plans
from dingfen.demo.matches import draw as draw_matches
from dingfen.demo.mornings import Mornings
from dingfen.demo.organisation import Organisation
from dingfen.demo.quarrels import Quarrels
from dingfen.ownership.actions.deals import record_deal, record_delivery
from dingfen.ownership.actions.holding import release
from dingfen.ownership.actions.pool import take
from dingfen.ownership.actions.registering import register_customer
from dingfen.ownership.actions.touches import record_touch
from dingfen.ownership.models import Deal, Registration
from dingfen.parties.details import Details
from dingfen.policies.actions import acknowledge, publish_shipped
from dingfen.problems import Problem
from dingfen.register.sealing import seal_due_pages

ZONE = ZoneInfo("Asia/Shanghai")
OPEN = dt.time(9, 0)
NEXT_STEPS = {"cars": "约试驾时间", "advertisers": "送排期方案"}


@dataclass(frozen=True)
class House:
    """One company's way: who sells, how many customers in all, what they deal in."""

    company: str
    pack: str
    sellers: tuple[str, ...]
    customers: int
    scope: str = ""
    weekends: bool = True
    buyers: str = "cars"
    deals: float = 0.14  # how often an idle hour ends in a deal


HOUSES = (
    House("YL", "auto-dealer", ("lin", "xu"), 200),
    House("XH", "media-sales", ("tang", "su"), 100, weekends=False, buyers="advertisers", deals=0.05),
)


@dataclass
class Life:
    """`live()` runs the days up to `now`; the last one only as far as the present hour."""

    organisation: Organisation
    seed: int
    now: dt.datetime
    days: int
    random: Random = field(init=False)
    _made: dict[str, int] = field(default_factory=dict)
    _actors: dict[tuple[str, dt.date], Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.quarrels = Quarrels(self.random, self.actor)
        led = [plan for house in HOUSES for plan in plans(house.company, house.sellers)]
        self.finale = Finale(led, self.organisation, self.quarrels, self.actor)
        self.mornings = Mornings(self.organisation, self.actor, self.now)
        self.complaints = Complaints(self.organisation, self.actor)
        self.streams = {"cars": names.car_buyers(self.random), "advertisers": names.advertisers(self.random)}

    def live(self) -> None:
        today = self.now.astimezone(ZONE).date()
        first = today - dt.timedelta(days=self.days)
        self._publish(self._moment(first, OPEN) - dt.timedelta(days=1))
        self.complaints.publish(self._moment(first, OPEN) - dt.timedelta(days=1))
        for number in range(self.days + 1):
            self._day(first + dt.timedelta(days=number), self.days - number)

    # ---------- a day ----------

    def _day(self, day: dt.date, left: int) -> None:
        self.mornings.open(self._moment(day, OPEN), left)
        if left:
            self.complaints.day(self._moment(day, OPEN), left)
        events: list[tuple[dt.datetime, float, House, str]] = []
        for house in HOUSES:
            if not house.weekends and day.weekday() >= 5:
                continue
            for seller in house.sellers:
                events += [(at, self.random.random(), house, seller) for at in self._visits(day, house)]
        for at, _, house, seller in sorted(events, key=lambda event: event[:2]):
            if at < self.now:
                self._one_hour(at, house, seller)
        if left:
            self.finale.afternoon(self._moment(day, dt.time(17, 5)), left)
        evening = min(self._moment(day, dt.time(18, 30)), self.now)
        self._sweep(evening)
        for house in HOUSES:
            self.quarrels.duties(self.organisation.units[house.company], evening)
            if left > 3:  # the last ones still wait for a decision
                self.quarrels.sanctions(self.organisation.units[house.company], evening)
            self.quarrels.evening(self.organisation.units[house.company], evening)
        for house in HOUSES:
            questions.evening(self.organisation.units[house.company], evening, left, self.actor)
        self.finale.evening(evening, left)
        desk.day(self.organisation, self.actor, evening, left)
        counter.day(self.organisation, self.actor, evening, left)
        rule_books.day(self.organisation, self.actor, evening, left)
        if left == 1:
            circles.draw(self.organisation, self.actor, evening)
            draw_matches(self.organisation, self.actor, evening)
            showing.hand_overs(self.organisation, self.actor, evening)
            letters.arrive(self.organisation.units["CDE"], "yuanlan", evening)
            units = self.organisation.units
            settling.evening(units["YL"], units["CDE"], self.actor, evening)
            self.mornings.late_call(self._moment(day, dt.time(20, 40)))
        midnight = self._moment(day + dt.timedelta(days=1), dt.time(0, 5))
        if midnight <= self.now:
            self._sweep(midnight)
            seal_due_pages(midnight)

    def _visits(self, day: dt.date, house: House) -> Iterator[dt.datetime]:
        """Moments of the day at which a seller has time."""
        minute = 0
        while (minute := minute + self.random.randrange(25, 70)) < 8 * 60:
            yield self._moment(day, OPEN) + dt.timedelta(minutes=minute)

    def _one_hour(self, at: dt.datetime, house: House, seller: str) -> None:
        """The next thing a seller does: what is due first, else somebody new, else a deal or the pool."""
        due = self._due(at, seller)
        chance = self.random.random()
        if due and chance < 0.8:
            self._follow_up(at, house, seller, due)
        elif self._expected(house, at) > self._made.get(house.company, 0):
            self._newcomer(at, house, seller)
        elif chance < house.deals:
            self._deliver(at, house, seller)
            self._deal(at, house, seller)
        elif chance < house.deals + 0.04:
            self._from_the_pool(at, seller)
        elif chance > 0.97:
            self._give_up(at, seller)

    # ---------- what sellers do ----------

    def _newcomer(self, at: dt.datetime, house: House, seller: str) -> None:
        person = next(self.streams[house.buyers])
        self._made[house.company] = self._made.get(house.company, 0) + 1
        walked_in = house.buyers == "cars" and self.random.random() < 0.6
        details = Details(
            name=person.name,
            kind=person.kind,  # type: ignore[arg-type]
            contact_name=person.contact,
            phones=(person.phone,),
            plates=(person.plate,) if person.plate else (),
            grade=self.random.choices("HABC", (2, 3, 4, 2))[0],
            source="walk_in" if walked_in else "call",
            profile={"need": person.need},
        )
        actor = self.actor(seller, at)
        hold = register_customer(
            actor=actor,
            at=at,
            details=details,
            scope=house.scope,
            confirm_possible=True,
            reason="已当面核对，不是同一位客户",
        )
        kind = "walk_in" if walked_in else "call" if house.buyers == "cars" else "visit"
        record_touch(
            actor=actor,
            at=at + dt.timedelta(minutes=12),
            uid=hold.customer.uid,
            kind=kind,
            scope=house.scope,
            card=person.kind == "company",
            contact_rank=_rank(person.title),
            note=person.need,
        )

    def _follow_up(self, at: dt.datetime, house: House, seller: str, hold: Registration) -> None:
        reached = self.random.random() < 0.86
        kind = self.random.choices(("outgoing", "visit", "message"), (6, 3, 2))[0]
        record_touch(
            actor=self.actor(seller, at),
            at=at,
            uid=hold.customer.uid,
            kind=kind,
            scope=hold.scope,
            reached=reached,
            minutes=self.random.randrange(3, 40) if reached else 0,
            next_step_at=at + dt.timedelta(days=2) if reached and hold.pk % 4 == 0 else None,
            next_step=NEXT_STEPS[house.buyers] if reached and hold.pk % 4 == 0 else "",
        )

    def _deal(self, at: dt.datetime, house: House, seller: str) -> None:
        """Mostly with one's own customer; now and then with a colleague's, and that ends in a dispute."""
        someone_elses = self.random.random() < 0.24
        signer = self.organisation.staff[seller]
        holder = next(other for other in house.sellers if other != seller) if someone_elses else seller
        hold = self._held(holder, at - dt.timedelta(days=6))
        if hold is None:
            return
        actor = self.actor(seller, at)
        if someone_elses:
            for minutes in range(self.random.randrange(1, 3)):
                record_touch(
                    actor=actor,
                    at=at + dt.timedelta(minutes=minutes),
                    uid=hold.customer.uid,
                    kind="visit",
                    scope=hold.scope,
                )
        amount = self.random.randrange(80, 260) * 1000
        record_deal(
            actor=actor,
            at=at + dt.timedelta(minutes=15),
            customer_uid=hold.customer.uid,
            scope=hold.scope,
            signer=signer.uid,
            quantity=self.random.choices((1, 2, 6), (12, 2, 1))[0],
            amount=amount,  # type: ignore[arg-type]
        )

    def _deliver(self, at: dt.datetime, house: House, seller: str) -> None:
        """A car that was signed for some days ago and that nobody disputes is handed over."""
        waiting = Deal.objects.filter(
            signer=self.organisation.staff[seller], won=True, delivered_at=None, disputes=None,
            signed_at__lte=at - dt.timedelta(days=4),
        )  # fmt: skip
        deal = waiting.order_by("signed_at", "pk").first() if house.buyers == "cars" else None
        if deal is not None:
            record_delivery(actor=self.actor(seller, at), at=at, deal_uid=deal.uid)

    def _from_the_pool(self, at: dt.datetime, seller: str) -> None:
        staff = self.organisation.staff[seller]
        waiting = Registration.objects.filter(company=staff.company, state="pooled").exclude(holder=staff)
        hold = waiting.order_by("pk").first()
        if hold is None:
            return
        try:
            take(actor=self.actor(seller, at), at=at, registration_uid=hold.uid)
        except Problem as problem:
            if problem.status != 409 and problem.status != 403:
                raise

    def _give_up(self, at: dt.datetime, seller: str) -> None:
        hold = self._held(seller, at - dt.timedelta(days=20))
        if hold is not None:
            release(
                actor=self.actor(seller, at), at=at, registration_uid=hold.uid, reason="客户已改由外地办理"
            )

    # ---------- what is so ----------

    def _expected(self, house: House, at: dt.datetime) -> float:
        """How many customers should be there by now, so that all have come at the end."""
        passed = 1 - (self.now - at) / dt.timedelta(days=self.days)
        return house.customers * max(passed, 0)

    def _due(self, at: dt.datetime, seller: str) -> Registration | None:
        mine = Registration.objects.filter(
            holder=self.organisation.staff[seller], state__in=("held", "lapsing")
        )
        soon = mine.filter(follow_up_due__lte=at + dt.timedelta(days=1)).select_related("customer")
        return soon.order_by("follow_up_due", "pk").first()

    def _held(self, seller: str, before: dt.datetime) -> Registration | None:
        staff = self.organisation.staff[seller]
        mine = Registration.objects.filter(holder=staff, state="held", registered_at__lte=before)
        rows = list(mine.select_related("customer").order_by("pk")[:40])
        return self.random.choice(rows) if rows else None

    def actor(self, username: str, at: dt.datetime) -> Actor:
        key = (username, at.date())
        if key not in self._actors:
            self._actors[key] = actor_for(self.organisation.staff[username], at)
        return self._actors[key]

    # ---------- around them ----------

    def _publish(self, at: dt.datetime) -> None:
        for house in HOUSES:
            company = self.organisation.units[house.company]
            version = publish_shipped(actor=system_actor(company), at=at, unit=company, pack=house.pack)
            for username, staff in self.organisation.staff.items():
                if staff.company_id == company.pk and self.random.random() < 0.75:
                    acknowledge(
                        actor=self.actor(username, at), at=at + dt.timedelta(hours=2), version_uid=version.uid
                    )
        desk.publish(self.organisation, at)

    def _sweep(self, at: dt.datetime) -> None:
        while sweep(at=at, handlers=wiring.CLOCK_HANDLERS, jitter=self.random.random).fired:
            pass

    @staticmethod
    def _moment(day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, ZONE).astimezone(dt.UTC)


def _rank(title: str) -> int | None:
    ranks = {"经理": 2, "采购主管": 2, "行政经理": 2, "市场总监": 3, "副总经理": 4}
    return ranks.get(title)
