"""Who holds which customer, and the disputes about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.cases.models import Attachment, Case
from dingfen.database.models import Light, Row
from dingfen.ownership.visibility import (
    DealQuerySet,
    DisputeQuerySet,
    RegistrationQuerySet,
)
from dingfen.parties.models import Customer, Merge
from dingfen.policies.models import PolicyVersion

ACTIVE = ("held", "lapsing", "disputed", "won")
IN_POOL = ("pooled", "cooling")
UNHELD = (*IN_POOL, "with_head")
"""Held by nobody, and given to somebody next: taken from the pool, or assigned."""


class Registration(Row):
    """A salesperson's hold on a customer within a scope. One active at a time, kept by the database.

    A rival registration (`rival_of`) met one that was active already: it waits, disputed, for the ruling.
    """

    class State(models.TextChoices):
        HELD = "held", _("Protected")
        LAPSING = "lapsing", _("Lapses soon")
        DISPUTED = "disputed", _("In dispute")
        LAPSED = "lapsed", _("Lapsed")
        POOLED = "pooled", _("In pool")
        COOLING = "cooling", _("Cool-down")
        TRANSFERRED = "transferred", _("Transferred")
        WON = "won", pgettext_lazy("registration", "Deal")
        LOST = "lost", _("Lost deal")
        VOID = "void", pgettext_lazy("registration", "Void")
        WITH_HEAD = "with_head", _("With the head")

    class Channel(models.TextChoices):
        WALK_IN = "walk_in", _("Walk-in")
        CALL = "incoming_call", _("Incoming call")
        ONLINE = "online", _("Online enquiry")
        REFERRAL = "referral", pgettext_lazy("channel", "Introduced")
        BROKER = "broker", pgettext_lazy("channel", "Broker")
        EVENT = "event", pgettext_lazy("channel", "Event")

    class Stage(models.TextChoices):
        ENQUIRY = "enquiry", pgettext_lazy("stage of a sale", "Enquiry")
        TRIAL = "trial", pgettext_lazy("stage of a sale", "Trial")
        OFFER = "offer", pgettext_lazy("stage of a sale", "Offer made")
        DEPOSIT = "deposit", pgettext_lazy("stage of a sale", "Deposit paid")
        APPROVED = "approved", pgettext_lazy("stage of a sale", "Approved by the customer")

    class Agreed(models.TextChoices):
        NOT_ASKED = "", _("Not needed")
        OPEN = "open", _("Waits for a confirmation")
        GIVEN = "given", pgettext_lazy("registration", "Confirmed")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="registrations", db_index=False)
    scope = models.CharField(
        max_length=80, blank=True, help_text="product line or project; empty: the customer whole"
    )
    holder = models.ForeignKey(Staff, models.PROTECT, related_name="registrations", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="registrations", db_index=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.HELD)
    registered_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    protected_until = models.DateTimeField(null=True, blank=True)
    follow_up_due = models.DateTimeField(null=True, blank=True)
    last_effective_at = models.DateTimeField(null=True, blank=True)
    next_step_at = models.DateTimeField(
        null=True, blank=True, help_text="the contact the holder has planned; it lengthens nothing"
    )
    next_step = models.BinaryField(default=b"", help_text="sealed: what for")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    policy = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    card_due = models.DateTimeField(
        null=True, blank=True, help_text="by when the card is to be completed; null: it was at once"
    )
    card_completed_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=16, blank=True, choices=Channel.choices)
    stage = models.CharField(max_length=16, blank=True, choices=Stage.choices)
    stage_at = models.DateTimeField(null=True, blank=True)
    renewals = models.JSONField(default=list, help_text="when the protection was renewed, oldest first")
    agreed = models.CharField(
        max_length=8,
        blank=True,
        choices=Agreed.choices,
        help_text="where the rules want somebody to confirm it",
    )
    agreed_by = models.CharField(max_length=20, blank=True, help_text="the role the rules name for it")
    rival_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rivals", db_index=False
    )
    import_row = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer", "scope"],
                condition=models.Q(state__in=ACTIVE, rival_of=None),
                name="one_holder",
            )
        ]
        indexes = [
            models.Index(fields=["holder", "state", "protected_until"], name="holding_of_person"),
            models.Index(fields=["unit", "state", "protected_until"], name="holding_of_unit"),
            models.Index(fields=["customer", "state"], name="holding_of_customer"),
            models.Index(
                fields=["rival_of"], condition=models.Q(rival_of__isnull=False), name="rivals_of_hold"
            ),
            models.Index(fields=["company", "state", "-id"], name="holding_by_state"),
            models.Index(fields=["company", "-registered_at", "-id"], name="holding_newest"),
            models.Index(fields=["holder", "protected_until", "id"], name="holding_ending_of_person"),
            models.Index(fields=["company", "scope", "state"], name="scopes_in_use"),
            models.Index(
                fields=["company", "state"], condition=models.Q(agreed="open"), name="holds_to_confirm"
            ),
        ]

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def card_owed(self) -> bool:
        """Whether the customer card still lacks what the rules want."""
        return self.card_due is not None and self.card_completed_at is None

    @property
    def card_late(self) -> bool:
        """Whether the card was completed after its day: the registration then gives no hold in a dispute."""
        return bool(self.card_due and self.card_completed_at and self.card_completed_at > self.card_due)


class MergedHold(Light):
    """What a merge of two customers did to one hold, so that it can be undone: whose it was, its state then."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, models.PROTECT, related_name="+")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=Registration.State.choices)
    dispute = models.ForeignKey(
        "Dispute", models.PROTECT, null=True, blank=True, related_name="+", help_text="opened by the merge"
    )


class Deal(Row):
    """A signed deal (or one lost)."""

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deals")
    scope = models.CharField(max_length=80, blank=True)
    signer = models.ForeignKey(Staff, models.PROTECT, related_name="deals")
    co_signers = models.ManyToManyField(Staff, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    won = models.BooleanField(default=True)
    signed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    quantity = models.PositiveIntegerField(default=1)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    reference = models.CharField(max_length=40, blank=True, help_text="number of the contract")
    delivered_at = models.DateTimeField(null=True, blank=True)
    entry_seq = models.BigIntegerField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True, help_text="it does not count")
    import_row = models.CharField(max_length=64, blank=True)

    objects = DealQuerySet.as_manager()


class Dispute(Light):
    """Two or more claims on one customer: about one won deal, or one registration without a deal."""

    class State(models.TextChoices):
        RAISED = "raised", pgettext_lazy("dispute", "Raised")
        EVIDENCE = "evidence", _("Taking evidence")
        AWAITING_RULING = "awaiting_ruling", _("Awaiting ruling")
        AWAITING_JOINT = "awaiting_joint", _("Awaiting the other head")
        RULED = "ruled", _("Ruled, open to appeal")
        APPEALED = "appealed", _("Under appeal")
        FINAL = "final", pgettext_lazy("dispute", "Final")
        AGREED = "agreed", pgettext_lazy("dispute", "Agreed")
        WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Withdrawn")

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="dispute")
    state = models.CharField(max_length=16, choices=State.choices, default=State.RAISED)
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="disputes")
    scope = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=24, help_text="person, deal_by_other, overlap, import")
    earlier_state = models.CharField(max_length=12, blank=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    decider_units = models.ManyToManyField(Unit, blank=True, related_name="+")
    decider_mode = models.CharField(max_length=16, blank=True)
    proposed = models.BinaryField(null=True, blank=True, help_text="canonical bytes of the proposed ruling")
    facts = models.BinaryField(null=True, blank=True, help_text="canonical bytes of the facts it rests on")
    before = models.BinaryField(
        null=True, blank=True, help_text="the proposal that this one took the place of"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(
        default=dict, help_text="found by the heads about the case: fact -> {value, entry, at}"
    )
    version = models.PositiveIntegerField(default=1)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-case"], name="dispute_by_state")]

    def __str__(self) -> str:
        return self.case.number


class Claim(Row):
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="claims")
    claimant = models.ForeignKey(Staff, models.PROTECT, related_name="claims")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    statement = models.TextField(blank=True)
    answer_by = models.DateTimeField(null=True, blank=True, help_text="this side's own time to answer")
    answered_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False, help_text="the statement came after its time")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    judged = models.JSONField(default=dict, help_text="found by the heads: fact -> {value, entry, at}")
    entry_seq = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "claimant"], name="one_claim_each")]


class Evidence(Row):
    """An entry of the register, or a paper, put forward for a claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=24)
    entry_seq = models.BigIntegerField(null=True, blank=True)
    attachment = models.OneToOneField(
        Attachment, models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    note = models.TextField(blank=True)
    late = models.BooleanField(default=False, help_text="after the evidence was closed")
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="it stays visible, struck through")


class Objection(Row):
    """What another claimant says against a piece of evidence."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="objections")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "by"], name="one_objection_each")]


class Ruling(Row):
    """A ruling as given: first or final. Proposed bytes and facts are kept so that it can be replayed."""

    class Stage(models.TextChoices):
        FIRST = "first", pgettext_lazy("ruling", "First")
        FINAL = "final", pgettext_lazy("ruling", "Final")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="rulings")
    stage = models.CharField(max_length=8, choices=Stage.choices)
    number = models.CharField(max_length=40)
    as_proposed = models.BooleanField()
    outcome = models.CharField(max_length=12, help_text="award, split, stands, changed, sent_back")
    holder = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    split = models.JSONField(default=list, help_text="[{staff, share}], shares add up to 100")
    reason = models.TextField(blank=True)
    facts = models.BinaryField()
    proposed = models.BinaryField()
    pack_digest = models.CharField(max_length=64, blank=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField()
    appeal_until = models.DateTimeField(null=True, blank=True)
    entry_seq = models.BigIntegerField(null=True, blank=True)


class Confirmation(Row):
    """What one of those who decide has said, before or with the ruling."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="confirmations")
    ruling = models.ForeignKey(Ruling, models.PROTECT, null=True, blank=True, related_name="confirmations")
    decider = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    for_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    acting_for = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    as_proposed = models.BooleanField()
    holder = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    split = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    void = models.BooleanField(default=False)


class Agreement(Row):
    """What one claimant would settle for; when all say the same, the dispute is settled."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="agreements")
    claimant = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    split = models.JSONField(default=list, help_text="[{staff, share}] as in a ruling")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "claimant"], name="one_agreement_each")]


class Appeal(Row):
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="appeals")
    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="appeals")
    appellant = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    grounds = models.TextField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)


class Effect(Row):
    """What follows from a ruling: money, quota, a duty, a proposed sanction."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("effect", "Pending")
        DUE = "due", pgettext_lazy("effect", "Due")
        DONE = "done", pgettext_lazy("effect", "Done")
        REVERSED = "reversed", pgettext_lazy("effect", "Reversed")

    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="effects")
    kind = models.CharField(
        max_length=24, help_text="bonus, commission, quota, duty, protection, record, sanction"
    )
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    code = models.CharField(max_length=60, blank=True)
    article = models.CharField(max_length=40, blank=True)
    towards = models.JSONField(default=list, help_text="uids of who is owed a duty")
    measure = models.CharField(max_length=20, blank=True, help_text="of a proposed sanction")
    due_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    due_since = models.DateTimeField(null=True, blank=True, help_text="when the ruling became final")
    done_at = models.DateTimeField(null=True, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)


from dingfen.ownership.claim_rows import Takeover  # noqa: E402, F401 - tables of this room
from dingfen.ownership.co_worker_rows import CoWorker  # noqa: E402, F401 - tables of this room
from dingfen.ownership.handover.models import Handover, HandoverItem  # noqa: E402, F401 - tables of this room
from dingfen.ownership.holding_rows import Taking, TellDuty  # noqa: E402, F401 - tables of this room
from dingfen.ownership.matches.rows import (  # noqa: E402, F401 - tables of this room
    MatchDecision,
    MatchJob,
    MatchReview,
)
from dingfen.ownership.renewal_rows import RenewalRequest  # noqa: E402, F401 - tables of this room
from dingfen.ownership.rotation.models import LateCall, RotationDay, TurnEvent  # noqa: E402, F401 - tables of this room
from dingfen.ownership.sanction_rows import Sanction  # noqa: E402, F401 - tables of this room
