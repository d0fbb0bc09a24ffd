"""How possible matches are put on a page: questions, bars of the waterfall, names of fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dingfen.matching.assessing import Step
from dingfen.ownership.matches.queries import Edge
from dingfen.ownership.matches.rows import MatchJob, MatchReview
from dingfen.parties.texts import REASONS
from dingfen.problems import Problem
from dingfen.wording import problem_text

Kind = MatchReview.Kind
QUESTIONS = {
    Kind.SAME.value: _("Are these one customer?"),
    Kind.HOUSEHOLD.value: _("Do they live in one household?"),
    Kind.GROUP.value: _("Do these firms belong to one group?"),
}
RELATIONS = {
    Kind.HOUSEHOLD.value: pgettext_lazy("relation", "Same household"),
    Kind.GROUP.value: pgettext_lazy("relation", "Same group of firms"),
}
FIELDS = {
    "credit_code": _("Credit code"),
    "mobile": _("Mobile"),
    "landline": _("Landline"),
    "email": pgettext_lazy("identifier", "E-mail"),
    "wechat": _("WeChat"),
    "plate": _("Number plate"),
    "vin": _("VIN"),
    "place": pgettext_lazy("match", "Place"),
    "address": pgettext_lazy("customer", "Address"),
    "name": pgettext_lazy("match", "Name of the person"),
    "contact": pgettext_lazy("match", "Contact (of two firms)"),
    "company": pgettext_lazy("match", "Name of the firm"),
    "employer": pgettext_lazy("match", "Employer (of a person)"),
}
WIDE = 15.0  # bits to either side of a bar


def bar(start: float, end: float) -> dict[str, Any]:
    """A step as a rectangle in a box 100 wide, zero in the middle; what lies outside is cut off."""
    low, high = (max(0.0, min(100.0, 50 + 50 * one / WIDE)) for one in sorted((start, end)))
    return {"x": round(low, 1), "w": round(max(high - low, 0.8), 1), "for": end >= start}


def steps(found: Iterable[Step]) -> list[dict[str, Any]]:
    return [
        {"text": REASONS.get(one.code, one.code), "bits": one.end - one.start, **bar(one.start, one.end)}
        for one in found
    ]


def edge(one: Edge) -> dict[str, Any]:
    """Two members with the bars that lead to how sure it is."""
    total = one.steps[-1].end if one.steps else None
    prior = one.steps[0].start if one.steps else None
    return {
        "row": one,
        "sure": one.sure,
        "steps": steps(one.steps),
        "prior": prior,
        "start": bar(0.0, prior) if prior is not None else None,
        "total": total,
    }


def report(job: MatchJob) -> list[str]:
    """What came of a job, in sentences."""
    told, kind = job.report, MatchJob.Kind(job.kind)
    if job.state == MatchJob.State.FAILED:
        text = problem_text(Problem(str(told.get("code", "match.failed")), 409, told.get("params", {})))
        return [str(text.title), str(text.detail)]
    if kind == MatchJob.Kind.SWEEP and "pairs" in told:
        return [
            gettext(
                "%(pairs)s pairs in %(groups)s groups may be one customer, %(relations)s belong together."
            )
            % told,
            gettext("%(reviews)s of them are new and wait to be checked.") % told,
        ]
    if kind == MatchJob.Kind.TRAIN and "model" in told:
        return [
            gettext("Learned from %(customers)s customers. Compare the weights before you switch.") % told
        ]
    if kind == MatchJob.Kind.INDEX:
        return [gettext("%(n)s customers are read otherwise than before.") % {"n": told.get("changed", 0)}]
    if kind == MatchJob.Kind.ACCEPT:
        left = len(told.get("refused", []))
        return [gettext("%(n)s groups merged.") % {"n": job.done}] + (
            [gettext("%(n)s groups were refused and stay to be checked.") % {"n": left}] if left else []
        )
    return [gettext("%(n)s merges undone.") % {"n": job.done}] if kind == MatchJob.Kind.UNDO else []
