"""My work: everything with a deadline that waits for this reader, next deadline first."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, Min, Q, QuerySet, When
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.cases import nudging, snoozing
from dingfen.cases.awaiting import LIMIT, Waiting
from dingfen.clocks.models import LIVE, Clock
from dingfen.web.lists import BulkAction, Choice, Column, Custom, Dates, Empty, ListPage, View
from dingfen.web.lists.cells import cut, in_line, written
from dingfen.web.lists.pieces import ENOUGH, Result
from dingfen.web.markup import markup
from dingfen.web.request import Request
from dingfen.web.subjects import Subject, resolve
from dingfen.web.templatetags.dingfen import article, clock, icon, staff_name, tag
from dingfen.web.toasts import toast
from dingfen.wording import clock_text

KINDS = (
    ("registration.protection", _("Follow-up")),
    ("registration.next_step", _("Next step")),
    ("dispute.evidence", _("Evidence")),
    ("dispute.ruling", pgettext_lazy("work", "Ruling")),
    ("dispute.appeal", _("Appeal")),
    ("dispute.final", _("Final ruling")),
    ("effect.duty", pgettext_lazy("work", "Duty")),
    ("duty.tell", _("Tell the holder")),
    ("duty.note", _("Note what was talked about")),
)
SCOPES = (
    ("mine", _("mine")),
    ("watched", _("watched")),
    ("snoozed", pgettext_lazy("work", "snoozed")),
    ("team", _("all I oversee")),
)
TIMES = (("late", _("late")), ("soon", _("within a day")))
DAY = dt.timedelta(days=1)
UNKNOWN = Subject("", "", "", icon="clock")


VIEWS: tuple[tuple[str, str | Promise, dict[str, str]], ...] = (
    ("mine", _("My work"), {"whose": "mine"}),
    ("soon", _("Ends soon"), {"whose": "mine", "time": "soon"}),
    ("late", _("Late"), {"whose": "mine", "time": "late"}),
    ("rule", _("Mine to rule"), {"whose": "mine", "kind": "dispute.ruling,dispute.final"}),
    (
        "lapsing",
        _("Lapses within 7 days"),
        {"whose": "mine", "kind": "registration.protection", "due": "7d"},
    ),
    ("watched", _("Watched by me"), {"whose": "watched"}),
    ("snoozed", pgettext_lazy("work", "Snoozed"), {"whose": "snoozed"}),
    ("team", _("All I oversee"), {"whose": "team"}),
)


def snooze(*, actor: Actor, at: dt.datetime, row: Clock, data: QueryDict) -> None:
    choice = data.get("until", "")
    wanted = data.get("day", "") if choice == "day" else choice
    until = snoozing.until_of(wanted, at, timezone.get_current_timezone())
    snoozing.snooze(actor=actor, at=at, clock_uid=row.uid, until=until)


def nudge(*, actor: Actor, at: dt.datetime, row: Clock, data: QueryDict) -> None:
    nudging.nudge(actor=actor, at=at, clock_uid=row.uid)


def wake(*, actor: Actor, at: dt.datetime, row: Clock, data: QueryDict) -> None:
    snoozing.wake(actor=actor, at=at, clock_uid=row.uid)


SNOOZE = BulkAction(
    "snooze", pgettext_lazy("work", "Snooze"), snooze, icon="clock", key="h", fields="web/work/until.html"
)
NEEDED = (
    "uid", "kind", "subject_type", "subject_uid", "state", "started_at", "deadline", "params", "article", "paused_at",
    "pause_reason", "ended_at", "responsible__name", "responsible__latin_name",
)  # fmt: skip
NUDGE = BulkAction("nudge", pgettext_lazy("work", "Nudge"), nudge, icon="bell", key="n")
WAKE = BulkAction("wake", pgettext_lazy("work", "Back to the list"), wake, icon="arrow-back-up", key="u")


def _time(value: str, at: dt.datetime) -> Q:
    running = ~Q(state=Clock.State.PAUSED)
    return running & (Q(deadline__lt=at) if value == "late" else Q(deadline__gte=at, deadline__lt=at + DAY))


class Work(ListPage[Clock]):
    key = "work"
    title = _("My work")
    columns = (
        Column("due", _("Next deadline"), value="deadline", sort="deadline"),
        Column("what", _("Matter"), value=lambda clock: clock.title),
        Column(
            "number", pgettext_lazy("case", "Number"), value=lambda clock: clock.subject.number, hidden=True
        ),
        Column("kind", pgettext_lazy("work", "Kind"), value=lambda clock: clock.subject.label),
        Column("customer", _("Customer"), value=lambda clock: clock.subject.customer),
        Column("stage", _("Stage"), value=lambda clock: clock.subject.stage),
        Column("note", pgettext_lazy("work", "Note"), value=lambda clock: clock.article),
        Column("started", _("Start of the clock"), value="started_at", sort="started_at", hidden=True),
    )
    views = tuple(View(key, label, params, hot=key == "late") for key, label, params in VIEWS)
    bulk = (SNOOZE, NUDGE, WAKE)
    default_sort = "due"
    template = "web/work/page.html"
    empty = Empty(_("Nothing due today."), icon="check", colour="green")
    export_permission = "customer.export"

    def __init__(self, request: Request, **arguments: Any) -> None:
        super().__init__(request, **arguments)
        self.waiting = Waiting.on(self.actor)
        self.clocks = self.waiting.clocks()
        self.look()
        self.due = Dates("due", _("Next deadline"), "deadline", ahead=True)
        self.filters = (
            Custom("whose", _("Scope"), SCOPES, lambda rows, value, *_: rows.filter(self.scopes[value])),
            Custom(
                "time",
                pgettext_lazy("work", "Time"),
                TIMES,
                lambda rows, value, _actor, at: rows.filter(_time(value, at)),
            ),
            Choice("kind", pgettext_lazy("work", "Kind"), "kind", KINDS),
            self.due,
            Choice("state", _("State"), "state", [pair for pair in Clock.State.choices if pair[0] in LIVE]),
        )

    def look(self) -> None:
        """Which rows count: what is set aside is nobody's loss, it only rests off the reader's own list."""
        aside = snoozing.snoozed(self.actor, self.at).values_list("clock__uid", "until")
        self.snoozed: dict[UUID, dt.datetime] = dict(aside[:LIMIT])
        hidden = Q(uid__in=list(self.snoozed))
        self.scopes = {
            "mine": self.waiting.mine() & ~hidden,
            "watched": self.waiting.theirs_to_watch(),
            "snoozed": hidden,
            "team": Q(),
        }

    def queryset(self) -> QuerySet[Clock]:
        return self.clocks

    @staticmethod
    def whole(ids: list[int]) -> QuerySet[Clock]:
        return Clock.objects.filter(pk__in=ids).select_related("responsible").only(*NEEDED)

    def row_name(self, row: Clock) -> str:
        return f"{row.title} {row.subject.number}"  # type: ignore[attr-defined]

    def prepare(self, rows: list[Clock]) -> None:
        found = resolve(self.actor, ((row.subject_type, row.subject_uid) for row in rows))
        for row in rows:
            row.subject = found.get((row.subject_type, row.subject_uid), UNKNOWN)  # type: ignore[attr-defined]
            row.title = clock_text(row.kind, row.params)  # type: ignore[attr-defined]
            row.snoozed_until = self.snoozed.get(row.uid)  # type: ignore[attr-defined]

    def cells(self, row: Clock) -> SafeString:
        subject: Subject = row.subject  # type: ignore[attr-defined]
        return written(
            self.shown,
            due=lambda: in_line(markup("{}{}", clock(row, self.at), self._until(row))),
            what=lambda: markup(
                '<td class="main">{}<span class="sub nw">{}</span></td>', self._title(row), subject.number
            ),
            number=lambda: in_line(subject.number),
            kind=lambda: markup('<td class="nw t2">{} {}</td>', icon(subject.icon), subject.label),
            customer=lambda: cut(subject.customer or "—"),
            stage=lambda: in_line(tag(subject.stage) if subject.stage else ""),
            note=lambda: cut(markup("{}{}", self._whose(row), article(row.article) if row.article else "")),
            started=lambda: markup('<td class="nw num">{}</td>', formats.stamp(row.started_at)),
        )

    def _title(self, row: Clock) -> SafeString:
        title, url = row.title, row.subject.url  # type: ignore[attr-defined]
        if not url:
            return markup('<span class="ttl ell">{}</span>', title)
        return markup('<a class="ttl ell" href="{}" title="{}">{}</a>', url, title, title)

    def _until(self, row: Clock) -> SafeString | str:
        if row.snoozed_until is None:  # type: ignore[attr-defined]
            return ""
        until = pgettext("snooze", "until %(time)s") % {"time": formats.stamp(row.snoozed_until)}  # type: ignore[attr-defined]
        return markup('<span class="sub nw">{}</span>', until)

    def _whose(self, row: Clock) -> str:
        """The person who must act, where it is not the reader."""
        return (
            f"{staff_name(row.responsible)} " if row.responsible_id not in (None, self.actor.staff_id) else ""
        )

    def _meets(self, params: dict[str, str], kind: str, state: str, deadline: dt.datetime) -> bool:
        """Whether one of the reader's own clocks belongs to a view."""
        if wanted := params.get("time"):
            late, soon = deadline < self.at, self.at <= deadline < self.at + DAY
            if state == Clock.State.PAUSED or not (late if wanted == "late" else soon):
                return False
        if (kinds := params.get("kind")) and kind not in kinds.split(","):
            return False
        if due := params.get("due"):
            start, end = self.due.bounds(due, self.at)
            return (start is None or start <= deadline) and (end is None or deadline < end)
        return True

    def _own(self, tonight: dt.datetime) -> list[tuple[str, str, dt.datetime, int]]:
        """The reader's own clocks by kind, state and the slot their deadline falls in: its earliest, and how many.

        The slots end where a view begins or ends, so that all of one belong to the same views.
        """
        _now, week = self.due.bounds("7d", self.at)
        ends = sorted({self.at, tonight, self.at + DAY, week or tonight})
        slot = Case(*(When(deadline__lt=end, then=n) for n, end in enumerate(ends)), default=len(ends))
        own = self.clocks.filter(self.scopes["mine"]).order_by().annotate(slot=slot)
        groups = own.values("kind", "state", "slot").annotate(earliest=Min("deadline"), count=Count("pk"))
        return list(groups.values_list("kind", "state", "earliest", "count"))

    @cached_property
    def counted(self) -> dict[str, int]:
        """The numbers beside the views and at the head.

        The reader's own clocks are counted here: as conditions of one statement, each would name every matter
        that waits for the reader (measured: three times as long).
        """
        tonight = timezone.localtime(self.at).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        clocks, own = self.clocks, self._own(tonight)
        paused = sum(count for _kind, state, _deadline, count in own if state == Clock.State.PAUSED)
        today = sum(
            count
            for _kind, state, deadline, count in own
            if state != Clock.State.PAUSED and self.at <= deadline < tonight
        )
        mine = {
            f"n_{key}": sum(
                count for kind, state, deadline, count in own if self._meets(params, kind, state, deadline)
            )
            for key, _label, params in VIEWS
            if params["whose"] == "mine"
        }
        others = {"n_team": clocks[:ENOUGH].count()}
        for name, uids in (("watched", self.waiting.watched), ("snoozed", self.snoozed)):
            others[f"n_{name}"] = clocks.filter(self.scopes[name])[:ENOUGH].count() if uids else 0
        return {**others, **mine, "n_today": today, "n_paused": paused}

    @cached_property
    def bulk_actions(self) -> list[BulkAction]:
        """What is set aside can come back; what is on the list can be set aside."""
        aside = self.asked.get("whose") == "snoozed"
        hidden = SNOOZE if aside else WAKE
        return [one for one in super().bulk_actions if one is not hidden]

    def run(self, action: BulkAction, data: QueryDict) -> tuple[list[Result], BulkAction]:
        results, done = super().run(action, data)
        if action is SNOOZE and (good := [str(one.row.uid) for one in results if not one.error]):
            back = f"{reverse('work_wake')}?{urlencode({'uid': good}, doseq=True)}"
            said = ngettext("%(n)d matter snoozed", "%(n)d matters snoozed", len(good)) % {"n": len(good)}
            toast(self.request, said, undo=back)
        self.look()
        return results, done

    def view_count(self, view: View) -> int | None:
        return self.counted[f"n_{view.key}"]

    def context(self) -> dict[str, Any]:
        return {name: self.counted[f"n_{name}"] for name in ("late", "today", "paused")}
