"""What the rooms share: a number, people involved, notes, attachments, who has a record open."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.clocks.models import Clock
from dingfen.database.models import Light, Row
from dingfen.parties.models import Customer


class CaseCounter(Light):
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
        COMPLAINT = "complaint", _("Complaint")

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
        indexes = [
            models.Index(fields=["company", "-opened_at", "-id"], name="case_newest"),
            models.Index(
                fields=["company", "-opened_at", "-id"], name="case_open", condition=models.Q(closed_at=None)
            ),
        ]


class CaseNote(Row):
    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()


class Watch(Light):
    """A person follows a case."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="watches")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="one_watch_each")]


class Snooze(Light):
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


class Nudge(Light):
    """Somebody reminded those who are asked: once a day for a subject."""

    id = models.BigAutoField(primary_key=True)
    subject_uid = models.UUIDField()
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "subject_uid", "day"], name="one_nudge_a_day")
        ]


class Presence(Light):
    """Somebody has a record open: since when, and when their page last said so."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    subject_uid = models.UUIDField()
    since = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_uid", "staff"], name="one_presence_each")]


class Message(Row):
    """One message of a case's thread, as it came or went: never changed. A correction is a further one.

    The text is sealed under the case's own key (`cases.thread`). `key` is what the channel calls the message:
    brought twice, it is kept once.
    """

    class Direction(models.TextChoices):
        IN = "in", pgettext_lazy("message", "In")
        OUT = "out", pgettext_lazy("message", "Out")
        CORRECTION = "correction", _("Correction")

    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    channel = models.CharField(max_length=12)
    at = models.DateTimeField(help_text="when it was said or sent")
    recorded_at = models.DateTimeField()
    author = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    sealed = models.BinaryField(default=b"", help_text="subject and text")
    key = models.CharField(max_length=250, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    sent_state = models.CharField(max_length=10, blank=True, help_text="queued, sent, delivered, failed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "channel", "key"], condition=~models.Q(key=""), name="one_message_each"
            )
        ]
        indexes = [models.Index(fields=["case", "at"], name="thread_of_case")]


class CasePerson(Light):
    """A colleague's part in a case. Who is complained of is kept out of it, whatever else they are."""

    class Part(models.TextChoices):
        COMPLAINED_OF = "complained_of", _("Complained of")
        INVESTIGATOR = "investigator", _("Investigates")
        CO_WORKER = "co_worker", _("Co-worker")
        ASIDE = "aside", _("Stepped aside")

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="people")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    part = models.CharField(max_length=14, choices=Part.choices)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "staff", "part"],
                condition=models.Q(ended_at=None),
                name="one_part_of_a_kind",
            )
        ]


class CaseLink(Light):
    """Two cases that belong together."""

    class Kind(models.TextChoices):
        REPEAT = "repeat", _("Repeat of")
        RELATED = "related", _("Belongs with")
        CAME_FROM = "came_from", _("Came from")

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="links_back")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other", "kind"], name="one_link_of_a_kind")]


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
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="files")
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["blob"], name="attachment_of_blob")]

    def __str__(self) -> str:
        return self.name
