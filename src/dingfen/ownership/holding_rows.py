"""Rows about the life of a hold beside the registration itself (part of `models`)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row
from dingfen.ownership.visibility import TellDutyQuerySet
from dingfen.parties.models import Touch


class Taking(Row):
    """A customer that left the pool: taken by the taker (what the limit of a day counts), or assigned by a head."""

    registration = models.ForeignKey("ownership.Registration", models.PROTECT, related_name="takings")
    taker = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    former = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["taker", "at"], name="taking_of_day")]


class TellDuty(Row):
    """Who receives another's customer owes it to the holder to tell them (A6). One a day, receiver and hold.

    `due_at`: until when to tell. `note_due_at`: until when to note what was talked about, where the holder was
    away. `answer` is what the holder says of it. `measures`: sanctions proposed on a breach.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("duty", "To tell the holder")
        TOLD = "told", pgettext_lazy("duty", "Holder told")
        LATE = "late", pgettext_lazy("duty", "Told late")
        BREACHED = "breached", pgettext_lazy("duty", "Not told in time")
        ENDED = "ended", pgettext_lazy("duty", "No longer owed")

    class Why(models.TextChoices):
        DISPUTE = "dispute", pgettext_lazy("duty", "a dispute has told the holder")
        HOLD = "hold", pgettext_lazy("duty", "the hold has ended")
        MISTAKEN = "mistaken", pgettext_lazy("duty", "somebody else received")

    class How(models.TextChoices):
        SYSTEM = "system", pgettext_lazy("duty", "By message here")
        PHONE = "phone", pgettext_lazy("duty", "By phone or in person")
        AWAY = "away", pgettext_lazy("duty", "Holder away: head and holder told")

    class Answer(models.TextChoices):
        TOLD = "told", pgettext_lazy("duty", "I was told")
        NOT_TOLD = "not_told", pgettext_lazy("duty", "I was not told")

    registration = models.ForeignKey("ownership.Registration", models.PROTECT, related_name="tell_duties")
    touch = models.ForeignKey(Touch, models.PROTECT, null=True, blank=True, related_name="+")
    receiver = models.ForeignKey(Staff, models.PROTECT, related_name="tell_duties")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="the receiver's")
    holder = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    day = models.DateField(help_text="the site's")
    arose_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    told_at = models.DateTimeField(null=True, blank=True)
    how = models.CharField(max_length=8, choices=How.choices, blank=True)
    note_due_at = models.DateTimeField(null=True, blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)
    note_missed = models.BooleanField(default=False)
    sealed = models.BinaryField(default=b"", help_text="what was talked about, under the customer's key")
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="nothing is owed any more; a breach stays one"
    )
    ended_why = models.CharField(max_length=8, choices=Why.choices, blank=True)
    article = models.CharField(max_length=40, blank=True)
    measures = models.JSONField(default=list, help_text="[{sanction, article, measure, amount, currency}]")

    objects = TellDutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "receiver", "day"], name="one_tell_duty_a_day")
        ]
        indexes = [models.Index(fields=["receiver", "state"], name="tell_duty_of_person")]
