"""The code that shows how the customer is reached: entered, or asked for again."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from dingfen.channels.models import Account, Tracking
from dingfen.channels.web_form import confirming
from dingfen.complaints.actions.reaching import confirm_contact
from dingfen.complaints.by_channels import known_of
from dingfen.complaints.models import Complaint
from dingfen.web.complain.answering import followed_here
from dingfen.web.complain.following import Followed
from dingfen.web.complain.views import address_of, page_of

FAULTS = {
    "wrong": _("This is not the code. Look again, or have a new one sent."),
    "over": _("This code is older than 10 minutes. Have a new one sent."),
    "spent": _("Too many tries. Have a new one sent."),
    "none": _("No code was sent. Have one sent."),
    "busy": _(
        "We have sent several codes already. Try again in an hour; your complaint is with us all the same."
    ),
    "no_way": _("We can't send a code just now. Your complaint is with us all the same."),
}


@require_POST
@followed_here
def confirm(
    request: HttpRequest, account: Account, tracking: Tracking, seen: Followed, at: dt.datetime
) -> HttpResponse:
    """Enter the code; `again` has a new one sent. What is wrong stands at the field."""
    if seen.contact != Complaint.Contact.UNCONFIRMED:
        return redirect("complain_follow", slug=account.slug)
    fault = (
        _again(request, account, tracking, at)
        if "again" in request.POST
        else _enter(request, account, tracking, at)
    )
    if not fault:
        answer = redirect("complain_follow", slug=account.slug)
        answer["Location"] += "?done=code_sent" if "again" in request.POST else "?done=confirmed"
        return answer
    context = {**page_of(account, seen), "code_fault": FAULTS[fault]}
    return render(request, "complain/follow.html", context, status=422)


def _enter(request: HttpRequest, account: Account, tracking: Tracking, at: dt.datetime) -> str:
    found = confirming.check(account, tracking.case_uid, request.POST.get("confirmation", ""), at)
    if found.result == "right":
        confirm_contact(at=at, case_uid=tracking.case_uid, by=found.by)
        return ""
    return found.result


def _again(request: HttpRequest, account: Account, tracking: Tracking, at: dt.datetime) -> str:
    known = known_of(Complaint.objects.select_related("case").get(case__uid=tracking.case_uid))
    phone, email = str(known.get("phone", "")), str(known.get("email", ""))
    by = confirming.way(account, phone, email)
    to = phone if by == "phone" else email
    if not by:
        return "no_way"
    if not confirming.may_send(account, to, address_of(request), at):
        return "busy"
    confirming.send(account, tracking.case_uid, by, to, at)
    return ""
