"""The day of a site's rotation and what happened in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row
from dingfen.parties.models import Customer, Touch


class RotationDay(Row):
    """One day at one site. Its row is locked by whatever changes the order: one of two at once goes first."""

    site = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    day = models.DateField()
    version = models.PositiveIntegerField(default=0, help_text="events so far")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="one_rotation_a_day")]


class TurnEvent(Row):
    """One event of the day; never changed. A slip is taken back by a later one that names it."""

    class Kind(models.TextChoices):
        CHECKED_IN = "checked_in", _("Checked in")
        CHECKED_OUT = "checked_out", _("Checked out")
        RECEIVED = "received", _("New customer")
        RETURNING = "returning", _("Own customer")
        DUTY = "duty", _("Duty reception")
        FINISHED = "finished", _("Reception over")
        SKIPPED = "skipped", _("Skipped")
        RETURNED = "returned", pgettext_lazy("turn", "Back")
        HANDED = "handed", _("Turn handed on")
        TAKEN_BACK = "taken_back", pgettext_lazy("turn", "Corrected")

    class Reason(models.TextChoices):
        """Why somebody is skipped, or receives out of turn."""

        DELIVERY = "delivery", _("Handing over a car")
        VISIT = "visit", _("Visiting a customer")
        MEETING = "meeting", pgettext_lazy("turn", "Meeting")
        BREAK = "break", pgettext_lazy("turn", "Break")
        ASKED_FOR = "asked_for", _("Customer asked for this person")
        LANGUAGE = "language", _("Language or product knowledge")
        NEXT_BUSY = "next_busy", _("The next one can't come now")
        OTHER = "other", pgettext_lazy("turn", "Other reason")

    day = models.ForeignKey(RotationDay, models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="expected back")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    touch = models.ForeignKey(Touch, models.PROTECT, null=True, blank=True, related_name="+")
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by"
    )
    entry_seq = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="turn_number_in_day")]


class LateCall(Row):
    """A call taken after closing, noted so that it is entered first the next morning (A10). Names nobody."""

    site = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    enter_by = models.DateTimeField()
    touch = models.ForeignKey(Touch, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["site", "entered_at"], name="late_call_of_site")]

    @property
    def is_open(self) -> bool:
        return self.entered_at is None and not self.void_reason


AWAY_REASONS = ("delivery", "visit", "meeting", "break", "other")
OUT_OF_TURN_REASONS = ("asked_for", "language", "next_busy", "other")
