"""The append-only register: one Merkle tree per installation, one book per site, one page per day.

Sites, staff and customers are named by uid: nothing here points upwards. Update and delete of entries,
nodes, checkpoints and looks are refused by triggers (`triggers.py`, migration 0002).
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.database.models import Light, Row
from dingfen.register.bodies import entry_name


class Book(Row):
    """The book of one site. Its code and time zone are in its first entry and do not change."""

    site_uid = models.UUIDField(unique=True)
    company_uid = models.UUIDField(db_index=True)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")

    def __str__(self) -> str:
        return self.name


class Page(Row):
    """A day in a book, by the site's own clock."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("page", "Open")
        CLOSED = "closed", pgettext_lazy("page", "Closed")
        SEALED = "sealed", pgettext_lazy("page", "Sealed")

    book = models.ForeignKey(Book, models.PROTECT, related_name="pages")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "day"], name="one_page_a_day")]
        indexes = [models.Index(fields=["state", "day"], name="page_state_day")]

    @property
    def lines(self) -> int:
        """Entries on the page, the seal itself not counted."""
        return self.count - (self.state == self.State.SEALED)


class Entry(Light):
    """One thing that happened. `seq` is its place in the tree; `body` the very bytes that were hashed.

    The columns beside `body` repeat what the bytes say, for queries; `verify` compares them.
    """

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

    @property
    def name(self) -> str:
        """`BOOK-YYYYMMDD-NNNN`; needs the page and its book."""
        return entry_name(self.page.book.code, self.page.day, self.number)

    @property
    def short(self) -> str:
        """`MMDD-NNN`, the name inside its book."""
        return f"{self.page.day:%m%d}-{self.number:03d}"


class Head(Light):
    """The one growing end of the tree; locked before it is read."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"", help_text="hashes of the perfect subtrees, left to right")
    root = models.BinaryField(max_length=32)
    looks = models.BigIntegerField(default=0, help_text="last look whose digest a seal holds")


class Node(Light):
    """A perfect subtree's hash, kept for proofs; level 1 and up (level 0 is the leaf of an entry)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)


class Checkpoint(Light):
    """A signed statement of size and root (C2SP checkpoint), one at each seal and export."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    made_at = models.DateTimeField()

    @property
    def cosigned(self) -> str:
        """The note with the lines of those who witnessed it."""
        rows = sorted(self.cosignatures.all(), key=lambda row: row.pk)
        return self.note + "".join(row.line for row in rows)


class PersonalDatum(Light):
    """What an entry says of a person, apart from it: gone when shredded, the commitment stays."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="personal")
    subject_uid = models.UUIDField(db_index=True)
    salt = models.BinaryField(max_length=32)
    payload = models.BinaryField(help_text="sealed under the installation's master key")


class Look(Light):
    """A look at a record or a conflict check (the access log); its digest enters the register with a seal."""

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
        ASKED = "asked", pgettext_lazy("borrowing", "Waiting for approval")
        LENT = "lent", pgettext_lazy("borrowing", "Lent")
        REFUSED = "refused", pgettext_lazy("borrowing", "Refused")
        ENDED = "ended", pgettext_lazy("borrowing", "Ended")

    page = models.ForeignKey(Page, models.PROTECT, related_name="borrowings")
    borrower_uid = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=300)
    hours = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page", "borrower_uid"],
                condition=models.Q(state__in=["asked", "lent"]),
                name="one_borrowing_at_a_time",
            )
        ]

    def runs(self, at: datetime) -> bool:
        """Whether the page may be read at `at`: a borrowing ends by itself."""
        return self.state == self.State.LENT and self.until is not None and at < self.until


class Witness(Row):
    """Somebody else who signs our checkpoints (c2sp.org/tlog-witness). `size`: entries it has last signed."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("witness", "Not asked yet")
        SIGNING = "signing", pgettext_lazy("witness", "Signing")
        FAILING = "failing", pgettext_lazy("witness", "Not answering")
        DIVERGED = "diverged", pgettext_lazy("witness", "Sees another history")

    name = models.CharField(max_length=120)
    vkey = models.CharField(max_length=300, unique=True, help_text="name+id+base64")
    url = models.CharField(max_length=300)
    own_network = models.BooleanField(default=False, help_text="may have a private address")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    size = models.BigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class Cosignature(Light):
    """A witness's signature line under a checkpoint, as it came."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    witness = models.ForeignKey(Witness, models.PROTECT, related_name="cosignatures")
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature_each")]
