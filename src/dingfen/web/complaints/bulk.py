"""What is done to several complaints at once from the queue; most of it can be taken back with one key."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.cases import snoozing
from dingfen.complaints.desk import deeds
from dingfen.complaints.models import Complaint
from dingfen.web.lists import BulkAction

ASK_CLOSE = _("Each is closed for good; only reopening takes it up again. What the customer was told:")


def take(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    return deeds.take(actor=actor, at=at, case_uid=row.case.uid)


def assign(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    return deeds.assign(actor=actor, at=at, case_uid=row.case.uid, staff=data.get("staff", ""))


def give_out(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    return deeds.give_out(actor=actor, at=at, case_uid=row.case.uid)


def label(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    add, remove = data.get("label", ""), data.get("unlabel", "")
    return deeds.label(actor=actor, at=at, case_uid=row.case.uid, add=[add], remove=[remove])


def snooze(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    return deeds.snooze(actor=actor, at=at, case_uid=row.case.uid, until=moment(data, at))


def moment(data: QueryDict, at: dt.datetime) -> dt.datetime:
    """Until when, as the form of a snooze says."""
    choice = data.get("until", "")
    wanted = data.get("day", "") if choice == "day" else choice
    return snoozing.until_of(wanted, at, timezone.get_current_timezone())


def grade(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    return deeds.grade(
        actor=actor, at=at, case_uid=row.case.uid, level=data.get("level", ""), klass=data.get("klass", ""),
        reason=data.get("reason", ""),
    )  # fmt: skip


def close(*, actor: Actor, at: dt.datetime, row: Complaint, data: QueryDict) -> deeds.Step:
    return deeds.close(actor=actor, at=at, case_uid=row.case.uid, told=data.get("told", ""))


HANDLE = "complaint.handle"
ACTIONS = (
    BulkAction("take", _("Take over"), take, icon="user-check", key="t", permission="complaint.take"),
    BulkAction("assign", _("Assign"), assign, icon="user-share", key="a", permission="complaint.assign",
               fields="complaints/assign_fields.html"),
    BulkAction("give_out", _("Give out by load"), give_out, icon="arrows-split-2", key="g",
               permission="complaint.assign"),
    BulkAction("label", pgettext_lazy("complaint", "Label"), label, icon="tag", key="l", permission=HANDLE,
               fields="complaints/label_fields.html"),
    BulkAction("snooze", pgettext_lazy("work", "Snooze"), snooze, icon="clock", key="h", permission="complaint.view",
               fields="web/work/until.html"),
    BulkAction("level", _("Level"), grade, icon="stairs-up", key="v", permission=HANDLE,
               fields="complaints/level_fields.html"),
    BulkAction("close", pgettext_lazy("complaint", "Close"), close, icon="circle-check", key="e", permission=HANDLE,
               confirm=ASK_CLOSE, fields="complaints/close_fields.html"),
)  # fmt: skip
