"""Calls as the switchboard told of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row

RINGS = timedelta(minutes=3)
TALKS = timedelta(hours=2)


class CallSet(models.QuerySet["PhoneCall"]):
    def visible_to(self, actor: Actor) -> CallSet:
        """The calls of the actor's company."""
        return self.filter(account__company_id=actor.company_id)

    def going_on(self, at: datetime) -> CallSet:
        """Ringing now, or being answered; a switchboard that never said the end is not believed for ever."""
        rings = models.Q(state=PhoneCall.State.RINGING, started_at__gte=at - RINGS)
        talks = models.Q(state=PhoneCall.State.ANSWERED, started_at__gte=at - TALKS)
        return self.filter(rings | talks)


class PhoneCall(Row):
    """One call. `sealed`: the number that calls and where the recording lies; `who` finds it by number."""

    class State(models.TextChoices):
        RINGING = "ringing", pgettext_lazy("call", "Ringing")
        ANSWERED = "answered", pgettext_lazy("call", "In conversation")
        ENDED = "ended", pgettext_lazy("call", "Ended")
        MISSED = "missed", pgettext_lazy("call", "Not answered")

    account = models.ForeignKey("channels.Account", models.PROTECT, related_name="calls")
    external = models.CharField(max_length=64, help_text="digest of the switchboard's id of the call")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RINGING)
    who = models.CharField(max_length=64, blank=True)
    masked = models.CharField(max_length=24, blank=True)
    sealed = models.BinaryField(default=b"")
    called = models.CharField(max_length=40, blank=True, help_text="the company's number that was called")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    case_uid = models.UUIDField(null=True, blank=True)

    objects = CallSet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external"], name="call_once")]
        indexes = [
            models.Index(fields=["company", "-started_at"], name="call_newest"),
            models.Index(fields=["case_uid"], name="call_of_case"),
            models.Index(fields=["who", "-id"], name="call_of_number"),
        ]
