"""A version tried on what has happened: what would differ, for whom, by which article."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dingfen import formats
from dingfen.accounts import access
from dingfen.backtests import actions, queries
from dingfen.backtests.models import Backtest
from dingfen.backtests.running import stages_of
from dingfen.backtests.texts import NOTES
from dingfen.engine.choice_texts import words_of
from dingfen.engine.complaint_clocks_form import RANK
from dingfen.engine.schema import Pack
from dingfen.policies import editing
from dingfen.policies.queries import pack_of
from dingfen.problems import invalid, missing
from dingfen.web.disputes.card import address_of
from dingfen.web.policies.views import language
from dingfen.web.request import Request
from dingfen.web.toasts import toast

SHOWN = 200
KINDS = {
    "same": pgettext_lazy("backtest", "Unchanged"),
    "holder": pgettext_lazy("backtest", "Another holder"),
    "split": pgettext_lazy("backtest", "Another split"),
    "declined": pgettext_lazy("backtest", "No longer decided"),
    "decided": pgettext_lazy("backtest", "Now decided"),
    "lapses": pgettext_lazy("backtest", "Would lapse"),
    "survives": pgettext_lazy("backtest", "Would not lapse"),
    "other_day": pgettext_lazy("backtest", "Lapses another day"),
    "level": pgettext_lazy("backtest", "Another level"),
    "late": pgettext_lazy("backtest", "Would be late"),
    "in_time": pgettext_lazy("backtest", "Would be in time"),
    "measure": pgettext_lazy("backtest", "Another approver"),
}
COLOURS = {"holder": "line", "split": "yellow", "declined": "red", "decided": "green"}
COLOURS |= {"level": "line", "late": "red", "in_time": "green", "measure": "yellow"}
COLOURS |= {"lapses": "orange", "survives": "green", "other_day": "line"}


@require_POST
def start(request: Request, uid: UUID) -> HttpResponse:
    """Try a version; the page of the run shows the progress."""
    day = request.POST.get("since", "").strip()
    try:
        since = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), dt.UTC) if day else None
    except ValueError:
        raise invalid({"since": [("date.unreadable", {})]}) from None
    run = actions.start(
        actor=request.actor,
        at=request.at,
        policy_uid=uid,
        against_uid=request.POST.get("against") or None,
        since=since,
    )
    return redirect("backtest", run.uid)


@require_POST
def stop(request: Request, uid: UUID) -> HttpResponse:
    actions.stop(actor=request.actor, at=request.at, backtest_uid=uid)
    toast(request, gettext("Stopped"))
    return redirect("backtest", uid)


def _one(request: Request, uid: UUID) -> Backtest:
    access.require(request.actor, actions.PERMISSION)
    run: Backtest | None = queries.runs(request.actor).filter(uid=uid).first()
    if run is None:
        raise missing()
    return run


@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    """Counts, differences, who gains and who loses."""
    run = _one(request, uid)
    kind = request.GET.get("kind", "")
    rows = list(queries.differences(run, kind if kind in KINDS else "")[:SHOWN])
    names = queries.names(rows)
    context = {
        "run": run,
        "kind": kind,
        "bars": bars(run),
        "rows": [_row(row, names, run) for row in rows],
        "units": [(unit, kinds.total()) for unit, kinds in queries.by_unit(run)[:20]],
        "more": run.differences.count() > len(rows) and not kind,
        "sources": list(editing.sources(request.actor).defer("files")[:10])
        if access.may(request.actor, editing.PERMISSION)
        else None,
        "balances": queries.balances(run)[:20],
    }
    template = "policies/backtest_body.html" if request.htmx else "policies/backtest.html"
    return render(request, template, context)


def bars(run: Backtest) -> list[dict[str, Any]]:
    """Per stage its kinds with number and share, unchanged first."""
    found = []
    for stage in stages_of(pack_of(run.policy)):
        kinds = ("same", *queries.KINDS_OF[stage])
        counts = run.counts.get(stage, {})
        total = sum(counts.values())
        parts, at = [], 0.0
        for kind in kinds:
            number = counts.get(kind, 0)
            width = 100 * number / total if total else 0
            parts.append(
                {"kind": kind, "label": KINDS[kind], "number": number, "x": f"{at:.2f}", "w": f"{width:.2f}"}
            )
            at += width
        found.append({"stage": stage, "total": total, "parts": parts, "note": NOTES[stage]})
    return found


def _row(row: Any, names: dict[str, str], run: Backtest) -> dict[str, Any]:
    if row.complaint is not None:
        return _complaint_row(row, run)
    hold = row.registration
    customer = hold.customer if hold else row.dispute.case.customer
    return {
        "kind": KINDS[row.kind],
        "colour": COLOURS.get(row.kind, "line"),
        "name": hold.holder.name if hold else row.dispute.case.number,
        "case": "" if hold else row.dispute.case.number,
        "url": address_of("holding", hold.uid) if hold else address_of("dispute", row.dispute.case.uid),
        "customer": customer.masked_name if customer else "",
        "before": _side(row.before, names),
        "after": _side(row.after, names),
        "articles": sorted({side["article"] for side in (row.before, row.after) if side.get("article")}),
    }


def _complaint_row(row: Any, run: Backtest) -> dict[str, Any]:
    """Both sides in the words of the rule book each of them comes from."""
    case, old = row.complaint.case, run.against or row.complaint.policy
    return {
        "kind": KINDS[row.kind],
        "colour": COLOURS[row.kind],
        "name": case.number,
        "case": case.number,
        "url": address_of("complaint", case.uid),
        "customer": row.complaint.masked_name,
        "before": {"words": judged_words(row.before, pack_of(old) if old else None)},
        "after": {"words": judged_words(row.after, pack_of(run.policy))},
        "articles": sorted({*row.before["articles"], *row.after["articles"]})[:4],
    }


def judged_words(side: dict[str, Any], pack: Pack | None) -> str:
    """The grade, what would be late, and who approves."""
    tongue = language()
    rules = pack.complaints if pack else None
    if rules is None or side["level"] is None:
        return gettext("no rules")
    titles = {one.id: getattr(one.title, tongue) for one in (*rules.levels, *rules.urgencies)}
    said = [titles.get(side["level"], side["level"])]
    said += [titles.get(side["urgency"], side["urgency"])] if side["urgency"] else []
    if side["late"]:
        late = formats.series(words_of("ends", one)[tongue == "en"] for one in side["late"])
        said.append(gettext("late: %(what)s") % {"what": late})
    if side["approvers"]:
        said.append(formats.series(_approver(one, tongue) for one in side["approvers"]))
    return " · ".join(said)


def _approver(code: str, tongue: str) -> str:
    if code in RANK:
        return gettext("approved by the %(role)s") % {"role": words_of("by", code)[tongue == "en"]}
    return gettext("not offered") if code == "not_offered" else gettext("nobody may approve it")


def _side(side: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """What one side of a comparison says: words for the outcome, or the moment of the lapse."""
    if "lapsed_at" in side:
        return {
            "at": dt.datetime.fromisoformat(side["lapsed_at"]) if side["lapsed_at"] else None,
            "hold": True,
        }
    shares = [f"{names.get(uid, '–')} {share:g}%" for uid, share in side.get("split", [])]
    return {"outcome": side["outcome"], "holder": names.get(side["holder"] or "", ""), "shares": "、".join(shares),
            "margin": side.get("margin")}  # fmt: skip
