"""Figures of complaints: intake, time, satisfaction for handling and outcome apart, findings, money, promises (B13)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.complaints.models import Issue, Promise
from dingfen.insight import complaint_sources as sources
from dingfen.insight.figures import BY_ID, Figure

CASE = ("complaint", "case__uid")
OF_COMPLAINT = ("complaint", "complaint__case__uid")
OF_UNIT = _("Complaints of the unit")
GOOD = 4
"""From this score of 5 on somebody counts as satisfied."""
UPHELD = (Issue.Finding.UPHELD, Issue.Finding.PARTLY)
State = Promise.State

FIGURES: tuple[Figure, ...] = (
    Figure("c-received", _("Complaints received"), "count", _("complaints received in the period"), sources.received,
           CASE, left_out=_("merged, void"), whose=OF_UNIT, dated="received_at"),
    Figure("c-open", _("Open complaints"), "count", _("complaints not closed, now"), sources.open_now, CASE,
           left_out=_("merged, void"), whose=OF_UNIT, good="less", now=True, dated="received_at"),
    Figure("c-first", _("First answer in time"), "share", _("first answers given by their deadline"),
           lambda scope: sources.clocks(scope, "complaint.first_answered"), ("complaint", "subject_uid"),
           out_of=_("first answers that fell due in the period, still open ones too"),
           left_out=_("cancelled deadlines; an extension counts by its new date"), whose=OF_UNIT,
           hit=Q(state="met"), good="more", dated="deadline"),
    Figure("c-decided", _("Decided within time"), "share", _("decisions given by their deadline"),
           lambda scope: sources.clocks(scope, "complaint.decided"), ("complaint", "subject_uid"),
           out_of=_("decisions that fell due in the period, still open ones too"),
           left_out=_("cancelled deadlines; an extension counts by its new date"), whose=OF_UNIT,
           hit=Q(state="met"), good="more", dated="deadline"),
    Figure("c-time", _("Time to closing"), "span", _("from receipt to closing, of complaints closed in the period"),
           sources.closed, CASE, left_out=_("reopened and open again"), whose=OF_UNIT,
           span=("received_at", "case__closed_at"), good="less", dated="case__closed_at"),
    Figure("c-reopened", _("Reopened"), "share", _("of them those reopened at least once"), sources.ever_closed, CASE,
           out_of=_("complaints closed in the period at least once"), left_out=_("merged, void"), whose=OF_UNIT,
           hit=Q(reopened__gt=0), good="less", dated="received_at"),
    Figure("c-handling", _("Satisfied with the handling"), "share", _("4 or 5 of 5 for how it was handled"),
           lambda scope: sources.call_backs(scope).exclude(handling=None), OF_COMPLAINT,
           out_of=_("call-backs and surveys of the period with a score for it"), left_out=_("no score given"),
           whose=OF_UNIT, hit=Q(handling__gte=GOOD), good="more"),
    Figure("c-outcome", _("Satisfied with the outcome"), "share", _("4 or 5 of 5 for what came of it"),
           lambda scope: sources.call_backs(scope).exclude(outcome=None), OF_COMPLAINT,
           out_of=_("call-backs and surveys of the period with a score for it"), left_out=_("no score given"),
           whose=OF_UNIT, hit=Q(outcome__gte=GOOD), good="more"),
    Figure("c-upheld", pgettext_lazy("figure", "Upheld"), "share", _("issues upheld or partly upheld"),
           sources.found, OF_COMPLAINT,
           out_of=_("issues with a finding made in the period"), left_out=_("withdrawn before a finding"),
           whose=OF_UNIT, hit=Q(finding__in=UPHELD), dated="found_at"),
    Figure("c-amount", _("Amount accepted"), "sum", _("amounts of proposals accepted in the period"), sources.accepted,
           OF_COMPLAINT, left_out=_("proposals without an amount; other currencies than the yuan"), whose=OF_UNIT,
           field="amount", dated="answered_at"),
    Figure("c-kept", _("Promises kept in time"), "share", _("promises kept by their date"), sources.promises,
           OF_COMPLAINT, out_of=_("promises to customers that fell due in the period"),
           left_out=_("released by the customer"), whose=OF_UNIT, hit=Q(state=State.KEPT), good="more",
           dated="due_at"),
    Figure("c-late", _("Promises kept late"), "share", _("promises kept after their date"), sources.promises,
           OF_COMPLAINT, out_of=_("promises to customers that fell due in the period"),
           left_out=_("released by the customer"), whose=OF_UNIT, hit=Q(state=State.KEPT_LATE), good="less",
           dated="due_at"),
    Figure("c-broken", _("Promises broken"), "share", _("promises past their date and not kept"), sources.promises,
           OF_COMPLAINT, out_of=_("promises to customers that fell due in the period"),
           left_out=_("released by the customer"), whose=OF_UNIT, hit=Q(state__in=(State.BROKEN, State.OPEN)),
           good="less", dated="due_at"),
)  # fmt: skip
BY_ID.update({figure.id: figure for figure in FIGURES})
