"""The ladder, letters, and what comes after: visits, surveys, corrective actions; and why clocks were moved."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.complaints.issue_rows import Issue
from dingfen.database.models import Row


class Stretch(Row):
    """Why a clock stood still or was lengthened, who allowed it, and how the customer was told. `sealed`: proof."""

    class Kind(models.TextChoices):
        PAUSE = "pause", pgettext_lazy("clock event", "Pause")
        EXTENSION = "extension", pgettext_lazy("clock event", "Extension")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="stretches")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=60, help_text="a pause of the pack; of an extension its article")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    old_deadline = models.DateTimeField()
    new_deadline = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text="a pause ends then at the latest")
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="when the customer was told")
    told_via = models.CharField(max_length=12, blank=True)
    article = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField(default=b"")

    class Meta:
        ordering = ["id"]


class LadderStep(Row):
    """A step of the ladder that was taken. `step` is the pack's. `sealed`: reason, outcome in words."""

    class Outcome(models.TextChoices):
        AGREED = "agreed", pgettext_lazy("ladder", "Agreed")
        NOT_AGREED = "not_agreed", pgettext_lazy("ladder", "No agreement")
        DECIDED = "decided", pgettext_lazy("ladder", "Decided")
        WITHDRAWN = "withdrawn", pgettext_lazy("ladder", "Withdrawn")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="ladder")
    step = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    body = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    answer_by = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    article = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField(default=b"")

    class Meta:
        ordering = ["id"]


class Session(Row):
    """A mediation session and its minutes. `sealed`: place, mediator, present, accounts, agreed, open, next."""

    step = models.ForeignKey(LadderStep, models.PROTECT, related_name="sessions")
    at = models.DateTimeField()
    no_interest = models.BooleanField(default=False, help_text="the mediator declared none, nobody objected")
    read_back = models.BooleanField(default=False)
    signed = models.BooleanField(default=False, help_text="both sides signed")
    agreed = models.BooleanField(default=False)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        ordering = ["at", "id"]


class CallBack(Row):
    """A visit or call after closing, or a survey: how it was handled and what came of it, asked apart."""

    class Fixed(models.TextChoices):
        YES = "yes", _("It worked")
        PARTLY = "partly", _("Partly")
        NO = "no", _("It did not work")
        UNKNOWN = "", _("Not reached")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="call_backs")
    via = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    fixed = models.CharField(max_length=8, choices=Fixed.choices, blank=True)
    handling = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5")
    outcome = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5")
    sealed = models.BinaryField(default=b"")

    class Meta:
        ordering = ["at", "id"]


class Action(Row):
    """A corrective action (整改). `sealed`: cause, what is done, what the check found."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("corrective action", "Open")
        TO_CHECK = "to_check", pgettext_lazy("corrective action", "To re-check")
        EFFECTIVE = "effective", pgettext_lazy("corrective action", "Effective")
        NOT_EFFECTIVE = "not_effective", pgettext_lazy("corrective action", "Not effective")

    class Cause(models.TextChoices):
        PEOPLE = "people", pgettext_lazy("cause", "People")
        PROCESS = "process", pgettext_lazy("cause", "Process")
        PRODUCT = "product", pgettext_lazy("cause", "Product")
        SYSTEM = "system", pgettext_lazy("cause", "System")
        SUPPLIER = "supplier", pgettext_lazy("cause", "Supplier")
        PROMISE = "promise", pgettext_lazy("cause", "Over-promising")
        OTHER = "other", pgettext_lazy("cause", "Other")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="corrective_actions")
    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=24)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="corrective_actions")
    due_at = models.DateTimeField()
    check_at = models.DateTimeField(help_text="when it is looked at whether it helped")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        ordering = ["id"]
