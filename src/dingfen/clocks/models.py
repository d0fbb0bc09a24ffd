"""Deadlines as rows. What happened to a clock is kept as events; figures derive from those."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.database.models import Light, Row

LIVE = ("running", "paused", "breached")
OVERSEERS = (Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE, Role.ADMINISTRATOR)


class ClockSet(models.QuerySet["Clock"]):
    def live(self) -> ClockSet:
        """Clocks whose duty is still open."""
        return self.filter(state__in=LIVE)

    def due(self, at: datetime) -> ClockSet:
        """What the sweep must look at by now, earliest first."""
        return self.filter(next_at__lte=at).order_by("next_at", "pk")

    def visible_to(self, actor: Actor) -> ClockSet:
        """One's own clocks, and those of the people below the units one oversees."""
        own = models.Q(responsible_id=actor.staff_id, responsible__isnull=False)
        for path in actor.paths(*OVERSEERS):
            people = Staff.objects.filter(unit__path__startswith=path, company_id=actor.company_id)
            own |= models.Q(responsible__in=people.values("pk"))
        if actor.is_system or actor.has(Role.COMPLIANCE) or actor.has(Role.GENERAL_MANAGER):
            own |= models.Q(responsible__isnull=True)
        return self.filter(own, company_id=actor.company_id)


class Clock(Row):
    """One duty with a time limit.

    `steps` are the moments still to come, earliest first: reminders, the breach at the deadline,
    escalations after it. `next_at` is when the sweep must look again: the first step, or a later try of it.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("clock", "Running")
        PAUSED = "paused", pgettext_lazy("clock", "Paused")
        MET = "met", pgettext_lazy("clock", "Met")
        BREACHED = "breached", pgettext_lazy("clock", "Breached")
        MET_LATE = "met_late", pgettext_lazy("clock", "Met late")
        CANCELLED = "cancelled", _("Cancelled")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20)
    subject_uid = models.UUIDField(db_index=True)
    responsible = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="clocks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=list, help_text="[{at, step}], at in ISO UTC")
    article = models.CharField(max_length=40, blank=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    params = models.JSONField(default=dict)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = ClockSet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="clock_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["responsible", "state", "deadline"], name="clock_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_uid", "kind"],
                condition=models.Q(state__in=LIVE),
                name="one_live_clock_of_a_kind",
            )
        ]


class ClockEvent(Light):
    """What happened to a clock, with reason and who; `deadline` is the one that held afterwards."""

    class Kind(models.TextChoices):
        START = "start", pgettext_lazy("clock event", "Start of the clock")
        PAUSE = "pause", pgettext_lazy("clock event", "Pause")
        RESUME = "resume", pgettext_lazy("clock event", "Resume")
        EXTEND = "extend", pgettext_lazy("clock event", "Extension")
        REDATE = "redate", pgettext_lazy("clock event", "Re-date")
        REASSIGN = "reassign", pgettext_lazy("clock event", "Reassign")
        FIRE = "fire", pgettext_lazy("clock event", "Step due")
        MEET = "meet", pgettext_lazy("clock event", "Met")
        CANCEL = "cancel", pgettext_lazy("clock event", "Cancelled")

    id = models.BigAutoField(primary_key=True)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    actor_uid = models.UUIDField()
    reason = models.CharField(max_length=300, blank=True)
    deadline = models.DateTimeField()


class Heartbeat(Light):
    """Each worker says that it lives."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()


class Upkeep(Light):
    """When a periodic task runs next; several workers share it, one of them runs it."""

    name = models.CharField(max_length=40, primary_key=True)
    next_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
