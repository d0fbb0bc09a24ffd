"""The separate issues of a complaint (诉求点) and how each is looked into. Words are sealed under the case's key."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.cases.models import Attachment
from dingfen.complaints.visibility import InquiryQuerySet
from dingfen.database.models import Light, Row


class Issue(Row):
    """One thing the customer wants settled. `sealed`: title, told, facts, grounds."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("issue", "Open")
        INVESTIGATING = "investigating", pgettext_lazy("issue", "Under investigation")
        FOUND = "found", pgettext_lazy("issue", "Finding made")
        OFFERED = "offered", pgettext_lazy("issue", "Proposal offered")
        SETTLED = "settled", pgettext_lazy("issue", "Settled")
        UNRESOLVED = "unresolved", pgettext_lazy("issue", "Unresolved")
        WITHDRAWN = "withdrawn", pgettext_lazy("issue", "Withdrawn")

    class Finding(models.TextChoices):
        UPHELD = "upheld", _("Upheld")
        PARTLY = "partly_upheld", _("Partly upheld")
        NOT = "not_upheld", _("Not upheld")
        UNCLEAR = "cannot_be_established", _("Cannot be established")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    klass = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPEN)
    finding = models.CharField(max_length=24, choices=Finding.choices, blank=True)
    responsible_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    responsible = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    listed_at = models.DateTimeField()
    found_at = models.DateTimeField(null=True, blank=True)
    found_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["complaint", "number"], name="issue_number")]


class Inquiry(Row):
    """What a colleague is asked in the investigation: a statement or a task. `sealed`: question, answer.

    Who is complained of may be asked for a statement and sees the question alone.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Statement")
        TASK = "task", pgettext_lazy("inquiry", "Task")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("inquiry", "Asked")
        ANSWERED = "answered", pgettext_lazy("inquiry", "Answered")
        DROPPED = "dropped", pgettext_lazy("inquiry", "Dropped")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="inquiries")
    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="inquiries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked = models.ForeignKey(Staff, models.PROTECT, related_name="inquiries")
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sealed = models.BinaryField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["asked", "state", "due_at"], name="inquiry_of_person")]


class Exhibit(Row):
    """A piece of evidence: a file, or a thing that is kept somewhere. `sealed`: what it is, where it is."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        PHOTO = "photo", _("Photograph")
        RECORDING = "recording", _("Recording")
        CCTV = "cctv", _("CCTV recording")
        OBJECT = "object", pgettext_lazy("evidence", "Object")
        STATEMENT = "statement", _("Statement")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="exhibits")
    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="exhibits")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    attachment = models.OneToOneField(
        Attachment, models.PROTECT, null=True, blank=True, related_name="exhibit"
    )
    sealed = models.BinaryField()
    collected_at = models.DateTimeField()
    collected_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")


class Custody(Light):
    """One line of the custody log of a piece of evidence: nothing in it is ever changed."""

    class Act(models.TextChoices):
        TAKEN = "taken", pgettext_lazy("custody", "Taken in")
        HANDED = "handed", pgettext_lazy("custody", "Handed over")
        COPIED = "copied", pgettext_lazy("custody", "Copied")
        MOVED = "moved", pgettext_lazy("custody", "Moved")
        RETURNED = "returned", pgettext_lazy("custody", "Returned")

    id = models.BigAutoField(primary_key=True)
    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="custody")
    act = models.CharField(max_length=10, choices=Act.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]


class Interest(Light):
    """What somebody declares about their own interest in a complaint; with one they step aside."""

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="interests")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    conflicted = models.BooleanField()
    relation = models.CharField(max_length=20, blank=True, help_text="a relation the rules name")
    sealed = models.BinaryField(default=b"")

    class Meta:
        ordering = ["id"]
