"""What the rooms share: a number, people involved, notes, attachments."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dingfen.accounts.models import Staff, Unit
from dingfen.clocks.models import Clock
from dingfen.database.models import Row
from dingfen.parties.models import Customer


class CaseCounter(models.Model):
    """The next number of a kind of case in a company and year."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind", "year"], name="one_counter_each")]


class Case(Row):
    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Dispute")
        SANCTION = "sanction", _("Sanction")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=24)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="cases")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="case_number")]
        indexes = [models.Index(fields=["company", "-opened_at", "-id"], name="case_newest")]


class CaseNote(Row):
    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()


class Watch(models.Model):
    """A person follows a case."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="watches")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="one_watch_each")]


class Snooze(models.Model):
    """A person has set a deadline aside until a moment. Only their own list changes: the clock goes on.

    `seen` is the size of the register then: what was entered on the subject later ends it early.
    """

    id = models.BigAutoField(primary_key=True)
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="snoozes")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    until = models.DateTimeField()
    at = models.DateTimeField()
    seen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "clock"], name="one_snooze_each")]


class Nudge(models.Model):
    """Somebody reminded those who are asked: once a day for a subject."""

    id = models.BigAutoField(primary_key=True)
    subject_uid = models.UUIDField()
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "subject_uid", "day"], name="one_nudge_a_day")
        ]


class Attachment(Row):
    """A file of a case: kept as it came, encrypted, named by a keyed digest of its content.

    `sha256` is of the content and stands in the register too. Erased with the customer: then only size,
    type and digest are left.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200, blank=True, help_text="as given; empty once erased")
    content_type = models.CharField(max_length=100, help_text="found in the content, never as claimed")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.CharField(max_length=80, blank=True)
    scanned = models.BooleanField(default=False, help_text="a virus scanner has looked at it")
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["blob"], name="attachment_of_blob")]

    def __str__(self) -> str:
        return self.name
