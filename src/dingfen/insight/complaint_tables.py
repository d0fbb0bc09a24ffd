"""Complaints told apart by level, class, product, channel and unit; promises by who made them (B13).

One statement a figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from dingfen.accounts.models import Staff
from dingfen.complaints.models import Complaint, Promise
from dingfen.insight import complaint_sources as sources
from dingfen.insight.complaint_figures import GOOD, UPHELD
from dingfen.insight.kept import kept
from dingfen.insight.scope import Scope
from dingfen.insight.values import FEW

BY = ("level", "klass", "product", "channel", "unit")
SHOWN = 30


@dataclass(slots=True)
class Group:
    """One value of what is told apart: (numerator, denominator) of each share, and how many were received."""

    key: Hashable
    received: int = 0
    decided: tuple[int, int] = (0, 0)
    reopened: tuple[int, int] = (0, 0)
    handling: tuple[int, int] = (0, 0)
    outcome: tuple[int, int] = (0, 0)
    upheld: tuple[int, int] = (0, 0)
    label: str = field(default="", compare=False)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        return self.decided, self.reopened, self.handling, self.outcome, self.upheld


@kept
def groups(by: str, scope: Scope) -> list[Group]:
    """Complaints told apart by one of BY, most first."""
    found: dict[Hashable, Group] = {}

    def one(key: Hashable) -> Group:
        return found.setdefault(key, Group(key))

    place = sources.reaches("")[by]
    rows = sources.received(scope).order_by().values_list(place).annotate(n=Count("pk"))
    for key, n in rows:
        one(key).received = n
    for key, hit, n in _shares(sources.ever_closed(scope), place, Q(reopened__gt=0)):
        one(key).reopened = (hit, n)
    far = sources.reaches("complaint__")[by]
    backs = sources.call_backs(scope)
    for key, hit, n in _shares(backs.exclude(handling=None), far, Q(handling__gte=GOOD)):
        one(key).handling = (hit, n)
    for key, hit, n in _shares(backs.exclude(outcome=None), far, Q(outcome__gte=GOOD)):
        one(key).outcome = (hit, n)
    for key, hit, n in _shares(sources.found(scope), far, Q(finding__in=UPHELD)):
        one(key).upheld = (hit, n)
    for key, (hit, n) in _decided(scope, place).items():
        one(key).decided = (hit, n)
    return sorted(found.values(), key=lambda group: (-group.received, str(group.key)))[:SHOWN]


def _shares(rows, place: str, hit: Q):  # type: ignore[no-untyped-def]
    counted = rows.order_by().values_list(place)
    return counted.annotate(hit=Count("pk", filter=hit), n=Count("pk"))


def _decided(scope: Scope, place: str) -> dict[Hashable, tuple[int, int]]:
    """Decisions that fell due: a clock knows its complaint by its uid alone."""
    states = dict(sources.clocks(scope, "complaint.decided").values_list("subject_uid", "state"))
    sums: dict[Hashable, tuple[int, int]] = defaultdict(lambda: (0, 0))
    uids = list(states)
    for start in range(0, len(uids), 500):
        some = Complaint.objects.filter(case__uid__in=uids[start : start + 500])
        for uid, key in some.values_list("case__uid", place):
            hit, n = sums[key]
            sums[key] = (hit + (states[uid] == "met"), n + 1)
    return sums


@dataclass(frozen=True, slots=True)
class Promising:
    """Promises of one person that fell due: all, kept in time, kept late, broken."""

    staff: Staff
    due: int
    kept: int
    late: int
    broken: int

    @property
    def few(self) -> bool:
        """Whether there are too few for a share to mean something."""
        return self.due < FEW

    @property
    def share(self) -> float:
        return self.kept / self.due if self.due else 0.0


@kept
def promising(scope: Scope) -> list[Promising]:
    """Who promised how much and kept what, most broken first."""
    rows = sources.promises(scope).order_by().values_list("staff").annotate(
        due=Count("pk"), in_time=Count("pk", filter=Q(state=Promise.State.KEPT)),
        late=Count("pk", filter=Q(state=Promise.State.KEPT_LATE)),
        broken=Count("pk", filter=Q(state__in=(Promise.State.BROKEN, Promise.State.OPEN))),
    )  # fmt: skip
    found = list(rows)
    people = Staff.objects.select_related("unit").in_bulk([row[0] for row in found])
    listed = [Promising(people[pk], due, in_time, late, broken) for pk, due, in_time, late, broken in found]
    return sorted(listed, key=lambda one: (-one.broken - one.late, -one.due, one.staff.pk))[:SHOWN]
