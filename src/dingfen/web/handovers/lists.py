"""Hand-overs one may know of, and the items of one."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.ownership.handover.models import Handover
from dingfen.web.lists import Choice, Column, Dates, Empty, ListPage, View


class Handovers(ListPage[Handover]):
    key = "handovers"
    title = _("Hand-overs")
    permission = "registration.hand_over"
    row_template = "handovers/row.html"
    template = "handovers/list.html"
    default_sort = "-made"
    columns = (
        Column("person", pgettext_lazy("handover", "Whose"), value="person__name"),
        Column("unit", _("Unit"), value="unit__name"),
        Column("why", pgettext_lazy("handover", "Why"), value=lambda row: row.get_why_display()),
        Column("state", _("State"), value=lambda row: row.get_state_display()),
        Column("items", pgettext_lazy("handover", "Done / all"), value=lambda row: f"{row.done} / {row.all}"),
        Column("by", _("Planned by"), value="made_by__name"),
        Column("made", _("Planned on"), value="made_at", sort="made_at", down=True),
    )
    filters = (
        Choice("state", _("State"), "state", Handover.State.choices),
        Dates("made", _("Planned on"), "made_at"),
    )
    views = (View("all", pgettext_lazy("view", "All"), {"sort": "-made"}),)
    empty = Empty(
        _("No hand-overs yet."),
        _("When somebody leaves or moves, hand their customers over in one go."),
        icon="user-share",
    )

    def queryset(self) -> QuerySet[Handover]:
        return (
            Handover.objects.visible_to(self.actor)
            .exclude(state=Handover.State.DROPPED)
            .select_related("person", "unit", "made_by")
            .annotate(all=Count("items"), done=Count("items", filter=Q(items__state__in=("done", "undone"))))
        )
