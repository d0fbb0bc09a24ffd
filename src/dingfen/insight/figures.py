"""Every figure of the first room, defined once: what is counted, out of what, what is left out, and of whom.

To add one: a `Figure` here. Page, list of cases, export and API follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.insight import holding, sources
from dingfen.insight.decided import with_proposal
from dingfen.insight.kept import kept
from dingfen.insight.scope import Scope

Words = str | Promise
Shape = Literal["count", "share", "per_hundred", "span", "sum"]
LEAVING = ("registration.lapsed", "registration.released")


OF_CLAIMS = _("Disputes with a claim in the unit")
OF_HOLDER = _("Registrations of the unit")


@dataclass(frozen=True, eq=False)
class Figure:
    """`shape`: a count of `rows`; the share of them that meet `hit`; `rows` per 100 of `over`; the time `span`;
    the sum of a `field`.

    `counted`, `out_of`, `left_out` and `whose` are its definition in words. `good`: which way is better.
    `quick` gives numerator and denominator where another query has counted them.
    `now`: as things stand, whatever the period. `leads`: from a row to the thing it is about, for `subjects`.
    """

    id: str
    title: Words
    shape: Shape
    counted: Words
    rows: Callable[[Scope], QuerySet[Any]]
    leads: tuple[str, str]
    out_of: Words = ""
    left_out: Words = ""
    whose: Words = OF_CLAIMS
    hit: Q | None = None
    over: Callable[[Scope], QuerySet[Any]] | None = None
    span: tuple[str, str] | None = None
    field: str = ""
    good: Literal["", "more", "less"] = ""
    now: bool = False
    dated: str = "at"
    quick: Callable[[Scope], tuple[int, int | None]] | None = None


CASE = ("dispute", "case__uid")
OF_DISPUTE = ("dispute", "dispute__case__uid")
HOLD = ("registration", "uid")

FIGURES: tuple[Figure, ...] = (
    Figure(
        "open",
        _("Open disputes"),
        "count",
        _("disputes raised, in evidence, awaiting a ruling or under appeal, now"),
        sources.open_now,
        CASE,
        left_out=_("ruled and open to appeal, agreed, withdrawn, final"),
        now=True,
        good="less",
        dated="case__opened_at",
    ),
    Figure(
        "rate",
        _("Disputes per 100 deals"),
        "per_hundred",
        _("disputes raised in the period"),
        sources.raised,
        CASE,
        out_of=_("deals signed in the period"),
        left_out=_("voided and lost deals"),
        whose=_("Disputes with a claim in the unit; deals of the unit"),
        over=sources.deals,
        good="less",
        dated="case__opened_at",
    ),
    Figure(
        "time",
        _("Time to ruling"),
        "span",
        _("from raising to the first ruling, of rulings given in the period"),
        sources.rulings,
        OF_DISPUTE,
        left_out=_("agreed or withdrawn; the time of an appeal"),
        span=("dispute__case__opened_at", "given_at"),
        good="less",
        dated="given_at",
    ),
    Figure(
        "in_time",
        _("Ruled in time"),
        "share",
        _("time limits to rule that were met"),
        sources.ruling_clocks,
        ("dispute", "subject_uid"),
        out_of=_("time limits to rule that fell due in the period, still open ones too"),
        left_out=_("cancelled limits; an extension counts by its new date"),
        hit=Q(state="met"),
        good="more",
        dated="deadline",
    ),
    Figure(
        "overturned",
        _("Changed on appeal"),
        "share",
        _("changed or sent back"),
        sources.appeals,
        OF_DISPUTE,
        out_of=_("appeals raised in the period and answered"),
        left_out=_("appeals still open"),
        hit=Q(outcome__in=("changed", "sent_back")),
        good="less",
    ),
    Figure(
        "departed",
        _("Ruled otherwise than proposed"),
        "share",
        _("rulings that depart from the proposal"),
        lambda scope: with_proposal(sources.rulings(scope)),
        OF_DISPUTE,
        out_of=_("first rulings of the period for which the rules had proposed an outcome"),
        left_out=_("what the rules do not cover or leave to people"),
        hit=Q(as_proposed=False),
        dated="given_at",
    ),
    Figure(
        "agreed",
        _("Settled between the parties"),
        "share",
        _("disputes ended by agreement"),
        sources.ended,
        CASE,
        out_of=_("disputes ended in the period by agreement or final ruling"),
        left_out=_("withdrawn"),
        hit=Q(state="agreed"),
        dated="case__closed_at",
    ),
    Figure(
        "sanctions",
        _("Sanctions proposed"),
        "count",
        _("sanctions proposed by rulings of the period"),
        sources.sanctions,
        ("dispute", "ruling__dispute__case__uid"),
        left_out=_("reversed on appeal"),
        good="less",
        dated="ruling__given_at",
    ),
    Figure(
        "follow_up",
        _("Follow-up on time"),
        "share",
        _("whose next follow-up is not overdue"),
        lambda scope: sources.protected(scope).exclude(follow_up_due=None),
        HOLD,
        out_of=_("protected registrations with a follow-up date, now"),
        left_out=_("in dispute, deals, pool"),
        whose=OF_HOLDER,
        now=True,
        good="more",
        dated="follow_up_due",
        quick=holding.on_time,
    ),
    Figure(
        "lapse_rate",
        _("Lapse rate"),
        "share",
        _("registrations lapsed in the period"),
        sources.was_protected,
        HOLD,
        out_of=_("registrations protected at some time of the period"),
        left_out=_("rivals in a dispute; what was taken from the pool since counts as protected"),
        whose=OF_HOLDER,
        hit=Q(state__in=("lapsed", "pooled", "cooling"), end_reason="lapse"),
        good="less",
        dated="registered_at",
    ),
    Figure(
        "to_pool",
        _("Into the pool"),
        "count",
        _("registrations lapsed or released in the period"),
        lambda scope: sources.entries(scope, LEAVING),
        ("customer", "subject_uid"),
        left_out=_("imported holds"),
        whose=_("By the book of the site"),
        dated="recorded_at",
    ),
    Figure(
        "from_pool",
        pgettext_lazy("figure", "Taken from the pool"),
        "count",
        _("customers taken from the pool in the period"),
        lambda scope: sources.entries(scope, ("registration.taken",)),
        ("customer", "subject_uid"),
        left_out=_("registered anew without the pool"),
        whose=_("By the book of the site"),
        dated="recorded_at",
    ),
    Figure(
        "lapsing",
        _("Lapse within 7 days"),
        "count",
        _("protected registrations that end within 7 days, now"),
        sources.lapsing,
        HOLD,
        left_out=_("in dispute"),
        whose=OF_HOLDER,
        now=True,
        good="less",
        dated="protected_until",
        quick=holding.lapsing,
    ),
)
BY_ID = {figure.id: figure for figure in FIGURES}


def hit_of(figure: Figure, scope: Scope) -> Q | None:
    """The condition of a share; that of `follow_up` depends on now."""
    if figure.id == "follow_up":
        return Q(follow_up_due__gte=scope.at)
    return figure.hit


@kept
def spans(figure: Figure, scope: Scope) -> list[Any]:
    """Pairs of moments of a `span` figure."""
    assert figure.span is not None
    return list(figure.rows(scope).values_list(*figure.span))
