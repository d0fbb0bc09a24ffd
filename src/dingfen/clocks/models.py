"""Deadlines as rows. What happened to a clock is kept as events; figures derive from those."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row


class Clock(Row):
    """One duty with a time limit. `next_at` is when the sweep must look again: a warning or the deadline."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("clock", "Running")
        PAUSED = "paused", pgettext_lazy("clock", "Paused")
        MET = "met", pgettext_lazy("clock", "Met")
        BREACHED = "breached", pgettext_lazy("clock", "Breached")
        MET_LATE = "met_late", pgettext_lazy("clock", "Met late")
        CANCELLED = "cancelled", _("Cancelled")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20)
    subject_uid = models.UUIDField(db_index=True)
    responsible = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="clocks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=list, help_text="[{at, step}] still to come, earliest first")
    article = models.CharField(max_length=40, blank=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    params = models.JSONField(default=dict)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="clock_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["responsible", "state", "deadline"], name="clock_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_uid", "kind"],
                condition=models.Q(state__in=["running", "paused", "breached"]),
                name="one_live_clock_of_a_kind",
            )
        ]


class ClockEvent(models.Model):
    """Start, pause, resume, extend, re-date, fire, meet, cancel: with reason and who."""

    id = models.BigAutoField(primary_key=True)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    actor_uid = models.UUIDField()
    reason = models.CharField(max_length=300, blank=True)
    deadline = models.DateTimeField()


class Heartbeat(models.Model):
    """Each worker says that it lives."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()
