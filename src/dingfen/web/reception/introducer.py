"""Who introduced this customer: picked from those one sees, or named by whole number or phone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dingfen.accounts import access
from dingfen.matching import normalise
from dingfen.ownership.queries import check_conflict, search
from dingfen.parties import search as words
from dingfen.parties.models import Customer
from dingfen.parties.queries import names_by_id
from dingfen.problems import Problem, invalid
from dingfen.web.reception.asked import Asked
from dingfen.web.request import Request
from dingfen.wording import problem_text

MOST = 5
LEAST = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A customer this reader may see, as a line to pick."""

    uid: UUID
    name: str
    phone: str
    number: str


@login_required
@require_safe
def find(request: Request) -> HttpResponse:
    """Lines to pick from while somebody types. Another's customer is told of by whole number or phone alone, and
    never by name: that look counts and is logged as the conflict check it is.
    """
    access.require(request.actor, "conflict.check")
    typed = request.GET.get("introduced_by", "").strip()
    context: dict[str, object] = {"short": len(typed) < LEAST}
    if len(typed) >= LEAST:
        context["choices"] = choices = _seen(request, typed)
        try:
            context["protected"] = not choices and _protected(request, typed)
        except Problem as problem:
            context["problem"] = problem_text(problem)
    return render(request, "reception/introducers.html", context)


def _seen(request: Request, typed: str) -> list[Choice]:
    hits = words.search(request.actor, typed, limit=MOST, kinds=("customer",))
    rows = list(Customer.objects.leading().filter(uid__in=[hit.uid for hit in hits])[:MOST])
    names = names_by_id(request.actor, [row.pk for row in rows])
    return [Choice(row.uid, names[row.pk], row.masked_phone, row.number) for row in rows]


def _protected(request: Request, typed: str) -> bool:
    """Whether what is typed whole is a customer this reader does not see."""
    if _by_number(request, typed) is not None:
        return True
    phone = Asked(typed, "", "")
    if not phone.settled:
        return False
    check_conflict(actor=request.actor, at=request.at, phone=typed)
    return _by_phone(request, typed) is not None


def chosen(request: Request) -> UUID | None:
    """The earlier customer that was picked or typed. Raises `customer.not_found` at the field."""
    typed = request.POST.get("introduced_by", "").strip()
    if not typed:
        return None
    picked = request.POST.get("introducer", "")
    for choice in _seen(request, typed) if picked else ():
        if str(choice.uid) == picked:
            return choice.uid
    found = _by_number(request, typed) or _by_phone(request, typed)
    if found is None:
        raise invalid({"introduced_by": [("customer.not_found", {})]})
    return found


def _by_number(request: Request, typed: str) -> UUID | None:
    known = Customer.objects.leading().filter(company_id=request.actor.company_id, number=typed.upper())
    return known.values_list("uid", flat=True).first()


def _by_phone(request: Request, typed: str) -> UUID | None:
    read = normalise(Asked(typed, "", "").record())
    found = search(request.actor.company_id or 0, read.features, "", request.actor.staff_id)
    hit = next((one for one in found.hits if one.match.answer == "same"), None)
    return Customer.objects.values_list("uid", flat=True).get(pk=hit.customer_id) if hit else None
