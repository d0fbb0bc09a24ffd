"""Disputes between customers (B15): both are parties, heard together. Each side's words have a key of their own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.database.models import Light, Row
from dingfen.parties.models import Customer


class Between(Light):
    """That a complaint is about another customer; what it comes from, how it ends. `sealed`: grounds, terms."""

    class Cause(models.TextChoices):
        INTEREST = "interest", pgettext_lazy("cause between customers", "Interests")
        AUTHORITY = "authority", pgettext_lazy("cause between customers", "Who has a say")
        PERSON = "person", pgettext_lazy("cause between customers", "Between the persons")

    class Outcome(models.TextChoices):
        AGREED = "agreed", pgettext_lazy("between customers", "Agreed")
        PARTED = "parted", pgettext_lazy("between customers", "Parted")
        NONE = "none", pgettext_lazy("between customers", "No agreement")

    complaint = models.OneToOneField(
        "complaints.Complaint", models.PROTECT, primary_key=True, related_name="between"
    )
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    cause_at = models.DateTimeField(null=True, blank=True)
    cause_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField(default=b"")


class Side(Row):
    """One of the two parties; the first is who complained. `sealed` under its own key: name, phone, account, wish."""

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="sides")
    number = models.PositiveSmallIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="+")
    masked_name = models.CharField(max_length=80, blank=True)
    masked_phone = models.CharField(max_length=24, blank=True)
    sealed = models.BinaryField(default=b"")
    heard_at = models.DateTimeField(null=True, blank=True)
    heard_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    declined = models.BooleanField(default=False, help_text="did not wish to be heard")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["complaint", "number"], name="side_number")]


class Hearing(Row):
    """Both sides heard together. `present`, `signed`: numbers of sides. `sealed`: place, mediator, accounts, points."""

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="hearings")
    at = models.DateTimeField()
    no_interest = models.BooleanField(default=False, help_text="who led it declared none, nobody objected")
    present = models.JSONField(default=list)
    signed = models.JSONField(default=list)
    sealed = models.BinaryField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
