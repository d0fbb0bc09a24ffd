"""Customers, how to reach them, and every touch. Personal data is sealed under a key of its own subject."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light, Row
from dingfen.parties.querysets import CustomerQuerySet


class SubjectKey(Light):
    """The data key of one person or firm, wrapped by the master key. Deleting it erases them."""

    subject_uid = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()


class CustomerCounter(Light):
    """The last customer number given in a company."""

    company_id = models.BigIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Customer(Row):
    """A person or firm the company deals with. What is personal lies in `sealed`; see parties.details.

    `merged_into` is set while this record counts as another one; chains are flattened, so it is one step.
    """

    class Kind(models.TextChoices):
        PERSON = "person", pgettext_lazy("customer", "Person")
        COMPANY = "company", pgettext_lazy("customer", "Company")

    class Grade(models.TextChoices):
        H = "H"
        A = "A"
        B = "B"
        C = "C"

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="customers")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    number = models.CharField(max_length=20)
    sealed = models.BinaryField(help_text="name, employer, need, budget, address, note …")
    features = models.TextField(blank=True, help_text="normal form for matching, as JSON")
    keyed = models.BinaryField(null=True, help_text="numbers it is looked up under, 8 bytes each")
    tailed = models.BinaryField(null=True, help_text="further numbers, for who asks with four last digits")
    masked_name = models.CharField(max_length=80)
    masked_phone = models.CharField(max_length=24, blank=True)
    grade = models.CharField(max_length=1, choices=Grade.choices, blank=True)
    source = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    last_touch_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    erased_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(
        null=True, blank=True, help_text="entered wrongly, as by an import undone"
    )
    import_row = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="customer_number")]
        indexes = [
            models.Index(fields=["company", "-id"], name="customer_newest"),
            models.Index(fields=["company", "-last_touch_at", "-id"], name="customer_last_touch"),
        ]

    def __str__(self) -> str:
        return self.number


class Merge(Row):
    """One customer counted as another, by a person, until undone."""

    kept = models.ForeignKey(Customer, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    followers = models.JSONField(default=list, help_text="ids merged into `gone` before, moved along")
    reason = models.CharField(max_length=300)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")


class Contact(Row):
    """A person to speak to at a customer. `rank` grows with seniority (0 unknown)."""

    class Rank(models.IntegerChoices):
        UNKNOWN = 0, pgettext_lazy("rank", "Not known")
        STAFF = 1, pgettext_lazy("rank", "Staff member")
        SUPERVISOR = 2, pgettext_lazy("rank", "Supervisor")
        MANAGER = 3, pgettext_lazy("rank", "Manager")
        DIRECTOR = 4, pgettext_lazy("rank", "Director")
        HEAD = 5, pgettext_lazy("rank", "Head of the firm")

    class Chain(models.TextChoices):
        """Part in the decision."""

        DECIDER = "decider", pgettext_lazy("decision chain", "Decides")
        INFLUENCER = "influencer", pgettext_lazy("decision chain", "Influences")
        USER = "user", pgettext_lazy("decision chain", "Uses it")
        PAYER = "payer", pgettext_lazy("decision chain", "Pays")
        GATEKEEPER = "gatekeeper", pgettext_lazy("decision chain", "Opens the door")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts")
    sealed = models.BinaryField()
    masked_name = models.CharField(max_length=80)
    masked_phone = models.CharField(max_length=24, blank=True)
    title = models.CharField(max_length=60, blank=True)
    rank = models.PositiveSmallIntegerField(choices=Rank.choices, default=Rank.UNKNOWN)
    chain = models.CharField(max_length=12, choices=Chain.choices, blank=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="no longer there since")
    moved_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)


class Relation(Row):
    """Two customers that belong together and are not the same: a household, a group, an introduction.

    Read from `one`: is the spouse of, is a parent of, is the parent company of, introduced … `other`.
    """

    class Kind(models.TextChoices):
        SPOUSE = "spouse", pgettext_lazy("relation", "Spouse")
        PARENT = "parent", pgettext_lazy("relation", "Parent")
        HOUSEHOLD = "household", pgettext_lazy("relation", "Same household")
        PARENT_COMPANY = "parent_company", pgettext_lazy("relation", "Parent company")
        BRANCH = "head_office", pgettext_lazy("relation", "Head office")
        FIRM_GROUP = "firm_group", pgettext_lazy("relation", "Same group of firms")
        INTRODUCED = "introducer", pgettext_lazy("relation", "Introduced this customer")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    one = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    other = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other", "kind"],
                condition=models.Q(ends_on=None, void_reason=""),
                name="one_relation_of_a_kind",
            )
        ]
        indexes = [models.Index(fields=["other"], name="relation_other")]


class Identifier(Row):
    """Phone, e-mail, WeChat, plate, credit code, VIN: found by keyed hash, shown masked."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="identifiers")
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    lookup = models.BinaryField(max_length=32, db_index=True)
    sealed = models.BinaryField()
    masked = models.CharField(max_length=80)
    shared = models.BooleanField(default=False, help_text="switchboard or family phone: locks, never decides")
    void_reason = models.CharField(max_length=200, blank=True)


class MatchKey(models.Model):
    """A keyed hash under which a customer can be found by the conflict check; of which company is part of it.

    The table is its own index: on SQLite WITHOUT ROWID, made by migration 0012. What a customer is stored under
    stands beside it (`keyed`, `tailed`), so nothing has to be found by the customer here. Rows are written by
    parties/index.py alone.
    """

    pk = models.CompositePrimaryKey("key", "customer_id")
    key = models.BigIntegerField()
    customer_id = models.BigIntegerField()


class MatchModel(Row):
    """Weights of a company's conflict check, learned from its own customers; in force is what was switched to last.

    A model that was never switched to is a proposal; switching to an earlier one rolls back.
    """

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    document = models.TextField(help_text="dingfen.matching.Model as JSON")
    customers = models.PositiveIntegerField()
    trained_at = models.DateTimeField()
    trained_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    switched_at = models.DateTimeField(null=True, blank=True, help_text="in force since")
    switched_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")


class Touch(Row):
    """Any interaction: walk-in, call, visit, message."""

    class Kind(models.TextChoices):
        WALK_IN = "walk_in", _("Walk-in")
        CALL = "call", _("Incoming call")
        OUTGOING = "outgoing", _("Outgoing call")
        VISIT = "visit", pgettext_lazy("touch", "Visit")
        MESSAGE = "message", pgettext_lazy("touch", "Message")
        MEETING = "meeting", _("Meeting")

    class Met(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        FAMILY = "immediate_family", _("Immediate family")
        SPOUSE = "spouse", pgettext_lazy("relation", "Spouse")
        PARENT = "parent", pgettext_lazy("relation", "Parent")
        CHILD = "child", pgettext_lazy("relation", "Child")
        RELATIVE = "relative", pgettext_lazy("met", "Another relative")
        COMPANION = "companion", pgettext_lazy("met", "Who came along")
        CONTACT = "contact", _("Contact")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="touches")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="touches")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reached = models.BooleanField(default=True)
    met = models.CharField(max_length=20, choices=Met.choices, default=Met.CUSTOMER)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="touches")
    scope = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict, help_text="card, contact_rank, minutes … never free text")
    sealed = models.BinaryField(default=b"", help_text="the note")
    note_digest = models.CharField(
        max_length=16,
        blank=True,
        help_text="keyed, of the note's words: tells the same note, not what it says",
    )
    entry_seq = models.BigIntegerField(null=True, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    voided_at = models.DateTimeField(null=True, blank=True, help_text="it does not count")
    import_row = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-occurred_at"], name="touch_of_customer")]


class SearchText(Light):
    """One indexed text per record; the index itself is FTS5 or tsvector (migration)."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    record_uid = models.UUIDField(unique=True)
    record_id = models.BigIntegerField()
    text = models.TextField()
