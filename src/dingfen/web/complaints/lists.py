"""The queue of complaints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from dingfen.accounts.access import may
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.clocks.models import Clock
from dingfen.complaints import queue, watch
from dingfen.complaints.actions import handling
from dingfen.complaints.actions.intake import named
from dingfen.complaints.desk import deeds
from dingfen.complaints.desk.aside import aside
from dingfen.complaints.desk.labels import labels_of
from dingfen.complaints.finding import KIND
from dingfen.complaints.models import Channel, Complaint, Deed, Label, Labelled
from dingfen.complaints.rules import Rules, rules_at
from dingfen.complaints.visibility import below_units
from dingfen.database import kept
from dingfen.database.once import once
from dingfen.parties.search import record_ids
from dingfen.web.complaints import bulk
from dingfen.web.complaints.beside import record_beside
from dingfen.web.complaints.calls import going_on
from dingfen.web.complaints.words import choices, classes, level_words
from dingfen.web.lists import (
    BulkAction,
    Choice,
    Column,
    Custom,
    Dates,
    Empty,
    Filter,
    Flag,
    ListPage,
    Options,
    TextFilter,
    View,
)
from dingfen.web.lists.cells import cut, in_line, moment, written
from dingfen.web.lists.filters import Rows
from dingfen.web.lists.pieces import ENOUGH, Result
from dingfen.web.markup import joined, markup
from dingfen.web.templatetags.dingfen import clock, staff_name, tag
from dingfen.web.toasts import toast

WHEN = pgettext_lazy("when", "Received")
YES_NO = (("yes", _("Yes")), ("no", _("No")))
MOST_LABELS = 100
FIRST = "first"
NEEDED = (
    "state", "channel", "received_at", "masked_name", "klass", "level", "vulnerable", "case__uid", "case__number",
    "case__opened_at", "case__closed_at", "handler__name", "handler__latin_name",
    "case__unit__time_zone", "policy__digest",
)  # fmt: skip
CHIP = ("subject_uid", "state", "started_at", "deadline", "paused_at", "pause_reason", "ended_at")
BESIDE = (
    '<a class="ttl nw" href="{}" hx-get="{}" hx-target="#beside" hx-swap="innerHTML" hx-push-url="{}" '
    'hx-sync="#beside:replace" hx-boost="false"{}>{}</a>'
)
MINE = (("handle", _("I handle")), ("free", _("Nobody handles")), ("received", _("I received")))


def to_handle(actor: Actor, at: dt.datetime) -> int:
    """How many open ones the reader handles, with those nobody has taken yet."""
    return kept.count(_to_handle, actor, most=ENOUGH)


def _to_handle(actor: Actor) -> QuerySet[Any]:
    rows = Complaint.objects.visible_to(actor).filter(queue.still_open)
    own = Q(handler_id=actor.staff_id or 0)
    own |= Q(handler=None) & below_units(actor.paths(Role.AGENT))
    return rows.filter(own)


def level_choices(actor: Actor) -> list[tuple[str, str]]:
    """The levels of the rules in force for the reader's unit."""
    rules = _rules(actor)
    return choices(rules.complaints.levels) if rules else []


def class_choices(actor: Actor) -> list[tuple[str, str]]:
    return classes(_rules(actor))


def _rules(actor: Actor) -> Rules | None:
    """The rules of the reader's unit: a page asks for them with each menu."""
    return once(("rules of the unit", actor.unit_id), lambda: _read_rules(actor))


def _read_rules(actor: Actor) -> Rules | None:
    unit = Unit.objects.filter(pk=actor.unit_id or 0).select_related("company").first()
    return rules_at(unit, timezone.now()) if unit else None


def label_choices(actor: Actor) -> list[tuple[str, str]]:
    rows = Label.objects.filter(company_id=actor.company_id).values_list("uid", "name")
    return [(str(uid), name) for uid, name in rows[:MOST_LABELS]]


def labelled(rows: QuerySet[Complaint], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Complaint]:
    uses = Labelled.objects.filter(label__uid=value, label__company_id=actor.company_id)
    return rows.filter(pk__in=uses.values("complaint_id"))


def of_product(rows: QuerySet[Complaint], text: str, actor: Actor) -> QuerySet[Complaint]:
    return rows.filter(product=named(text))


def set_aside(rows: QuerySet[Complaint], value: str, actor: Actor, at: dt.datetime) -> QuerySet[Complaint]:
    found = Q(pk__in=list(aside(actor, at).values_list("complaint_id", flat=True)))
    return rows.filter(found) if value == "yes" else rows.exclude(found)


@dataclass(frozen=True)
class Labels(Filter):
    """The company's labels: the choices are asked for only where the filter stands in the address."""

    def options(self, actor: Actor) -> list[tuple[str, str]]:
        return label_choices(actor)

    def narrow(self, rows: Rows, value: str, actor: Actor, at: dt.datetime) -> Rows:
        (one,) = self.check(value, actor)
        return labelled(rows, one, actor, at)


class Complaints(ListPage[Complaint]):
    key = "complaints"
    title = _("Complaints")
    permission = "complaint.view"
    export_permission = "customer.export"
    template = "complaints/list.html"
    default_sort = "-received"
    columns = (
        Column("number", _("Number"), value="case__number"),
        Column("customer", _("Complainant"), value="masked_name"),
        Column("klass", _("Class"), value=lambda row: row.klass_words),
        Column("level", _("Level"), value=lambda row: row.level_words),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("limit", _("Deadline"), value=lambda row: row.clock.deadline if row.clock else None),
        Column("handler", _("Handler"), value="handler__name"),
        Column("channel", _("Channel"), value=lambda row: row.get_channel_display()),
        Column("received", WHEN, value="received_at", sort="case__opened_at", down=True),
    )  # fmt: skip
    filters = (
        Flag("open", _("Not closed"), queue.still_open),
        Choice("state", _("State"), "state", Complaint.State.choices),
        Choice("channel", _("Channel"), "channel", Channel.choices),
        Custom("mine", _("Mine"), MINE, queue.mine),
        Options("level", _("Level"), "level", level_choices),
        Options("klass", _("Class"), "klass", class_choices),
        TextFilter("product", pgettext_lazy("complaint", "Product or service"), of_product),
        Labels("label", pgettext_lazy("complaint", "Label")),
        Custom("aside", pgettext_lazy("work", "Snoozed"), YES_NO, set_aside),
        Custom("late", _("Late"), (("yes", _("Late")), ("no", _("In time"))), queue.late),
        Flag("vulnerable", _("Needs particular care"), Q(vulnerable=True)),
        Dates("received", WHEN, "case__opened_at"),
    )
    views = (
        View("open", pgettext_lazy("view", "Open"), {"open": "yes"}),
        View(
            "mine", _("I handle"), {"mine": "handle", "open": "yes", "aside": "no"}, count=to_handle, hot=True
        ),
        View("free", _("Nobody handles"), {"mine": "free"}),
        View("late", _("Late"), {"late": "yes", "open": "yes"}),
        View("aside", pgettext_lazy("work", "Snoozed"), {"aside": "yes"}),
        View("all", pgettext_lazy("view", "All"), {"sort": "-received"}),
    )
    bulk = bulk.ACTIONS
    empty = Empty(
        _("No open complaints."), _("Whoever receives one registers it at once."), icon="message-report"
    )

    def queryset(self) -> QuerySet[Complaint]:
        rows = Complaint.objects.visible_to(self.actor).select_related("case__unit", "handler", "policy")
        words = self.request.GET.get("words", "").strip()
        if words and self.actor.company_id is not None:
            rows = rows.filter(pk__in=record_ids(self.actor.company_id, KIND, words))
        return rows

    @staticmethod
    def whole(ids: list[int]) -> QuerySet[Complaint]:
        rows = Complaint.objects.filter(pk__in=ids).select_related("case__unit", "handler", "policy")
        return rows.only(*NEEDED)

    @cached_property
    def beside(self) -> Complaint | None:
        """The complaint that stands beside the list, where the reader has the two side by side."""
        wanted = self.request.GET.get("beside", "")
        if not wanted:
            return None
        if wanted == FIRST:
            return self.page.rows[0] if self.page.rows else None
        return handling.seen(self.actor, wanted)

    @property
    def side_by_side(self) -> bool:
        return bool(self.request.GET.get("beside"))

    @cached_property
    def shown(self) -> dict[str, bool]:
        if self.side_by_side:
            return dict.fromkeys(("number", "customer", "limit"), True)
        return super().shown

    def side_url(self, uid: object) -> str:
        """This very page of the list with that complaint beside it."""
        query = self.request.GET.copy()
        query["beside"] = str(uid)
        return f"{self.request.path}?{query.urlencode()}"

    def run(self, action: BulkAction, data: QueryDict) -> tuple[list[Result], BulkAction]:
        """Each row by itself; what was done is kept as one deed that can be taken back."""
        results, done = super().run(action, data)
        steps = [one.made for one in results if not one.error]
        if steps:
            deed = deeds.keep(
                actor=self.actor, at=self.at, kind=Deed.Kind.BULK, name=str(action.label), steps=steps
            )
            if any(step["do"] in deeds.BACK for step in steps):
                words = ngettext("%(n)d complaint done", "%(n)d complaints done", len(steps))
                toast(
                    self.request, words % {"n": len(steps)}, undo=reverse("complaint_undo", args=[deed.uid])
                )
        return results, done

    def context(self) -> dict[str, Any]:
        people = Staff.objects.filter(company_id=self.actor.company_id, is_active=True).order_by("name", "pk")
        actions = {one.name for one in self.bulk_actions}
        return {
            "words": self.request.GET.get("words", ""),
            "ringing": going_on(self.request) if may(self.actor, "complaint.receive") else (),
            "may_receive": may(self.actor, "complaint.receive"),
            "may_claim": "take" in actions,
            "may_lead": "assign" in actions,
            "may_handle": "label" in actions,
            "colleagues": people[:300] if "assign" in actions else (),
            "known_labels": [name for _uid, name in label_choices(self.actor)] if "label" in actions else (),
            "levels": level_choices(self.actor) if "level" in actions else (),
            **(record_beside(self.request, self.beside) if self.beside else {}),
            "side_by_side": self.side_by_side,
            "side_on": self.side_url(FIRST),
            "side_off": self.address({"beside": None}),
        }

    def uid(self, row: Complaint) -> Any:
        return row.case.uid

    def rows_by_uid(self, uids: list[str]) -> QuerySet[Complaint]:
        return self.queryset().filter(case__uid__in=uids)

    def row_name(self, row: Complaint) -> str:
        return row.case.number

    def prepare(self, rows: list[Complaint]) -> None:
        live = kept.rows(_live, among=[row.case.uid for row in rows])
        clocks = {clock.subject_uid: clock for clock in live}
        named = labels_of(rows)
        wanted = self.request.GET.get("beside", "")
        chosen = wanted if wanted != FIRST else str(rows[0].case.uid) if rows else ""
        for row in rows:
            row.labels = named.get(row.pk, [])  # type: ignore[attr-defined]
            row.side_url = self.side_url(row.case.uid) if self.side_by_side else ""  # type: ignore[attr-defined]
            row.beside = str(row.case.uid) == chosen  # type: ignore[attr-defined]
            row.clock = clocks.get(row.case.uid)  # type: ignore[attr-defined]
            row.klass_words, row.level_words = level_words(row)  # type: ignore[attr-defined]

    def cells(self, row: Complaint) -> SafeString:
        return written(
            self.shown,
            number=lambda: in_line(self._number(row)),
            customer=lambda: _customer(row),
            klass=lambda: cut(row.klass_words),  # type: ignore[attr-defined]
            level=lambda: in_line(row.level_words),  # type: ignore[attr-defined]
            state=lambda: in_line(tag(row.get_state_display(), _colour(row))),
            limit=lambda: in_line(clock(row.clock)),  # type: ignore[attr-defined]
            handler=lambda: cut(staff_name(row.handler)),
            channel=lambda: markup('<td class="t2 nw">{}</td>', row.get_channel_display()),
            received=lambda: in_line(moment(row.received_at)),
        )

    def _number(self, row: Complaint) -> SafeString:
        case, side = row.case, row.side_url  # type: ignore[attr-defined]
        if not side:
            url = reverse("complaint", args=[case.uid])
            return markup('<a class="ttl nw" href="{}">{}</a>', url, case.number)
        here = SafeString(' aria-current="true"') if row.beside else ""  # type: ignore[attr-defined]
        return markup(BESIDE, side, reverse("complaint_beside", args=[case.uid]), side, here, case.number)


def _customer(row: Complaint) -> SafeString:
    words = [tag(pgettext("complaint", "care"), "yellow")] if row.vulnerable else []
    words += [tag(name) for name in row.labels]  # type: ignore[attr-defined]
    signs = joined(markup(" {}", word) for word in words)
    return markup('<td><span class="ell">{}</span>{}</td>', row.masked_name, signs)


def _colour(row: Complaint) -> str:
    if row.state == Complaint.State.CLOSED_ACCEPTED:
        return "green"
    if row.case.closed_at or row.state == Complaint.State.MERGED:
        return "grey"
    return "accent" if row.state in {Complaint.State.PROPOSED, Complaint.State.ON_LADDER} else "line"


def _live(cases: list[UUID]) -> QuerySet[Clock]:
    live = Clock.objects.live().filter(subject_uid__in=cases, kind__in=watch.KINDS)
    return live.only(*CHIP).order_by("-deadline")
