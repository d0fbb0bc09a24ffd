"""The append-only register: one Merkle tree per installation, one book per site, one page per day.

Sites, staff and customers are named by uid: nothing here points upwards. Update and delete of entries,
nodes, checkpoints and looks are refused by triggers (migration 0002).
"""

from __future__ import annotations

from django.db import models

from dingfen.database.models import Row


class Book(Row):
    """The book of one site."""

    site_uid = models.UUIDField(unique=True)
    company_uid = models.UUIDField(db_index=True)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")


class Page(Row):
    """A day in a book, by the site's own clock."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"
        SEALED = "sealed"

    book = models.ForeignKey(Book, models.PROTECT, related_name="pages")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "day"], name="one_page_a_day")]


class Entry(models.Model):
    """One thing that happened. `seq` is its place in the tree; `body` the very bytes that were hashed."""

    seq = models.BigIntegerField(primary_key=True)
    uid = models.UUIDField(unique=True)
    page = models.ForeignKey(Page, models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    company_uid = models.UUIDField()
    subject_type = models.CharField(max_length=20)
    subject_uid = models.UUIDField()
    actor_uid = models.UUIDField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    imported = models.BooleanField(default=False)
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="entry_number_in_page")]
        indexes = [models.Index(fields=["subject_uid", "seq"]), models.Index(fields=["kind", "seq"])]


class Head(models.Model):
    """The one growing end of the tree; locked before it is read."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"", help_text="hashes of the perfect subtrees, left to right")
    root = models.BinaryField(max_length=32)


class Node(models.Model):
    """A perfect subtree's hash, kept for proofs: level 0 is a leaf."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_node_each")]


class Checkpoint(models.Model):
    """A signed statement of size and root (C2SP checkpoint), one at each seal."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    made_at = models.DateTimeField()


class PersonalDatum(models.Model):
    """What an entry says of a person, apart from it: gone when shredded, the commitment stays."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="personal")
    subject_uid = models.UUIDField(db_index=True)
    salt = models.BinaryField(max_length=32)
    payload = models.BinaryField()


class Look(models.Model):
    """A look at a record or a conflict check: the access log, whose digest goes into the seal of the page."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor_uid = models.UUIDField(db_index=True)
    company_uid = models.UUIDField()
    book = models.ForeignKey(Book, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=30)
    subject_uid = models.UUIDField(null=True, blank=True)
    query_digest = models.BinaryField(max_length=32, null=True, blank=True)
    detail = models.JSONField(default=dict)


class Borrowing(Row):
    """Leave to read someone else's page, for a time."""

    class State(models.TextChoices):
        ASKED = "asked"
        LENT = "lent"
        REFUSED = "refused"
        ENDED = "ended"

    page = models.ForeignKey(Page, models.PROTECT, related_name="borrowings")
    borrower_uid = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=300)
    hours = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
