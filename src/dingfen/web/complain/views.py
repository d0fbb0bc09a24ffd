"""Pages for customers: complain, follow by a code. No account, no script needed, no cookie but what a form needs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dingfen.accounts import limits
from dingfen.channels.models import Account, Channel, Tracking
from dingfen.channels.web_form import codes, confirming
from dingfen.complaints.actions import questions
from dingfen.complaints.actions.intake import Complainant, File, receive
from dingfen.complaints.actions.thread import receive_message
from dingfen.complaints.models import Question
from dingfen.formats import chinese
from dingfen.problems import Problem, missing
from dingfen.web.complain.following import DONE, Followed, followed
from dingfen.web.complain.forms import MOST_FILES, AddForm, ComplainForm, SurveyForm, WithdrawForm
from dingfen.wording import field_errors

COOKIE = "follow"
STAYS = 2 * 3600
FIRST_QUESTIONS, MOST_QUESTIONS = 4, 200
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page of one company, for anybody; search engines stay out."""

    @wraps(view)
    def run(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
        account = Account.objects.select_related("company", "unit").filter(
            slug=slug, on=True, channel=Channel.WEB
        )
        found = account.first()
        if found is None:
            raise missing()
        with timezone.override(found.unit.zone):
            answer = view(request, found, **more)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return login_not_required(never_cache(run))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy, what the proxy saw."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        return seen[-settings.ALLAUTH_TRUSTED_PROXY_COUNT].strip() or request.META.get("REMOTE_ADDR", "")
    return str(request.META.get("REMOTE_ADDR", ""))


@public
@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest, account: Account) -> HttpResponse:
    """Tell what happened; what is shown afterwards is the code."""
    form = ComplainForm(request.POST or None, initial={"token": uuid.uuid4()})
    context: dict[str, Any] = {"account": account, "form": form, "files_mb": settings.ATTACHMENT_LIMIT >> 20}
    context |= _questions(request, account)
    if request.method == "GET":
        return render(request, "complain/form.html", context)
    at = timezone.now()
    if not form.is_valid():
        return render(request, "complain/form.html", context, status=422)
    if not codes.may_file(account, address_of(request), at):
        return render(request, "complain/form.html", {**context, "busy": True}, status=429)
    phone, email = form.cleaned_data["phone"], form.cleaned_data["email"]
    by = confirming.way(account, phone, email)
    sends = bool(by) and confirming.may_send(
        account, phone if by == "phone" else email, address_of(request), at
    )
    try:
        number, code = _file(account, form, _files(request), at, by, sends)
    except Problem as problem:
        _faults(problem, form, context)
        return render(request, "complain/form.html", context, status=422)
    done = {"account": account, "number": number, "code": code, "by": by, "sent": sends}
    answer = render(request, "complain/done.html", done)
    tracking = codes.look_up(account, code, address_of(request), at)
    return _staying(answer, account, tracking)


def _questions(request: HttpRequest, account: Account) -> dict[str, Any]:
    """The answers to show above the form, narrowed by what is asked; nothing of it keeps anybody from the form."""
    asked = request.GET.get("q", "").strip()[:100]
    language = "zh-hans" if chinese() else "en"
    rows = list(Question.objects.shown(account.unit, language, timezone.localdate())[:MOST_QUESTIONS])
    shown = questions.found(rows, asked, len(rows) if asked else FIRST_QUESTIONS)
    return {
        "questions": shown,
        "asked": asked,
        "any_questions": bool(rows),
        "thanks": "thanks" in request.GET,
    }


@public
@require_POST
def helped(request: HttpRequest, account: Account, uid: uuid.UUID) -> HttpResponse:
    """Whether an answer helped: counted, once in a while from one address for one answer."""
    at, language = timezone.now(), "zh-hans" if chinese() else "en"
    row = Question.objects.shown(account.unit, language, timezone.localdate()).filter(uid=uid).first()
    if row is None:
        raise missing()
    if limits.hit(f"helped@{address_of(request)}:{row.pk}", 1, dt.timedelta(days=1), at).allowed:
        questions.helped(row, request.POST.get("yes") == "1")
    answer = redirect("complain", slug=account.slug)
    answer["Location"] += "?thanks"
    return answer


@transaction.atomic
def _file(
    account: Account, form: ComplainForm, files: list[File], at: dt.datetime, by: str, sends: bool
) -> tuple[str, str]:
    """Register the complaint and issue its code, both or neither. Sent twice, it is one complaint.

    `by`: how a code can confirm that they are reached, where the page asks for one; `sends`: whether it goes out now.
    """
    told = form.cleaned_data
    day = told["day"]
    midday = dt.datetime.combine(day, dt.time(12), account.unit.zone) if day else None
    got = receive(
        actor=None,
        unit=account.unit,
        at=at,
        channel=Channel.WEB,
        text=told["text"],
        key=str(told["token"]),
        complainant=Complainant(name=told["name"], phone=told["phone"], email=told["email"]),
        remedy=form.wish,
        place=told["place"],
        product=told["product"],
        order_number=told["order_number"],
        occurred_at=min(midday, at) if midday else None,
        files=files,
        language=get_language() or "zh-hans",
        unconfirmed=bool(by),
    )
    if sends and got.created:
        to = told["phone"] if by == "phone" else told["email"]
        confirming.send(account, got.complaint.case.uid, by, to, at)
    return got.complaint.case.number, codes.issue(account, got.complaint.case.uid, at)


def _files(request: HttpRequest) -> list[File]:
    """The attachments. Raises Problem at `file` for too many or too large ones, before they are read."""
    given = request.FILES.getlist("files")
    if len(given) > MOST_FILES:
        raise Problem("input.invalid", 422, {}, {"file": [("attachment.too_many", {"limit": MOST_FILES})]})
    if any((one.size or 0) > settings.ATTACHMENT_LIMIT for one in given):
        limit = settings.ATTACHMENT_LIMIT >> 20
        raise Problem("input.invalid", 422, {}, {"file": [("attachment.too_large", {"limit": limit})]})
    return [File(one.name or "file", one.read()) for one in given]


def _faults(problem: Problem, form: BaseForm, context: dict[str, Any]) -> None:
    """Beneath the fields; those of files have a place of their own."""
    for name, texts in field_errors(problem).items():
        if name == "file":
            context["file_errors"] = texts
        for text in texts if name != "file" else ():
            form.add_error(name if name in form.fields else None, text)
    if not problem.errors:
        form.add_error(None, gettext("That did not work. Try again in a few minutes."))


@public
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, account: Account) -> HttpResponse:
    """Enter the code, see how it stands, add to it."""
    at = timezone.now()
    tracking = followed_before(request, account)
    if request.method == "POST" and "code" in request.POST:
        tracking = codes.look_up(account, request.POST["code"], address_of(request), at)
        if tracking is None:
            return render(request, "complain/code.html", {"account": account, "wrong": True}, status=422)
        return _staying(redirect("complain_follow", slug=account.slug), account, tracking)
    seen = followed(tracking, at) if tracking else None
    if tracking is None or seen is None:
        return render(request, "complain/code.html", {"account": account})
    form = AddForm(request.POST or None, initial={"token": uuid.uuid4()})
    context = {**page_of(account, seen), "form": form}
    if request.method == "GET":
        done = DONE.get(request.GET.get("done", ""))
        return render(request, "complain/follow.html", {**context, "done": done})
    if not form.is_valid():
        return render(request, "complain/follow.html", context, status=422)
    if not codes.may_add(tracking, at):
        return render(request, "complain/follow.html", {**context, "busy": True}, status=429)
    try:
        _add(tracking, form, _files(request), at)
    except Problem as problem:
        _faults(problem, form, context)
        return render(request, "complain/follow.html", context, status=422)
    return redirect(f"{request.path}?done=added")


def page_of(account: Account, seen: Followed) -> dict[str, Any]:
    """What the page needs of a matter, with nothing typed yet."""
    return {
        "account": account,
        "seen": seen,
        "form": AddForm(initial={"token": uuid.uuid4()}),
        "survey": SurveyForm(initial={"again": True}),
        "withdrawal": WithdrawForm(),
        "files_mb": settings.ATTACHMENT_LIMIT >> 20,
    }


def _add(tracking: Tracking, form: AddForm, files: list[File], at: dt.datetime) -> None:
    receive_message(
        actor=None,
        at=at,
        case_uid=tracking.case_uid,
        channel=Channel.WEB,
        text=form.cleaned_data["text"],
        key=str(form.cleaned_data["token"]),
        files=files,
    )


@public
@require_POST
def leave(request: HttpRequest, account: Account) -> HttpResponse:
    """Forget on this device what was followed."""
    answer = redirect("complain", slug=account.slug)
    answer.delete_cookie(COOKIE, path=f"/complain/{account.slug}/", samesite="Strict")
    return answer


def _staying(answer: HttpResponse, account: Account, tracking: Tracking | None) -> HttpResponse:
    """Remember for two hours, on this page alone, which matter is followed; the code itself is not kept."""
    if tracking is not None:
        answer.set_signed_cookie(
            COOKIE, f"{tracking.uid}:{tracking.digest[:16]}", salt=account.slug, max_age=STAYS,
            path=f"/complain/{account.slug}/", secure=settings.HTTPS, httponly=True, samesite="Strict",
        )  # fmt: skip
    return answer


def followed_before(request: HttpRequest, account: Account) -> Tracking | None:
    """The matter this device follows on this page, if it does."""
    try:
        kept = request.get_signed_cookie(COOKIE, salt=account.slug, max_age=STAYS)
    except (KeyError, signing.BadSignature):
        return None
    uid, _, mark = str(kept).partition(":")
    return Tracking.objects.filter(account=account, uid=uid, digest__startswith=mark).first()
