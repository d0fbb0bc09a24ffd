"""What the customer is offered and what was promised to them. Words are sealed under the case's key."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.complaints.issue_rows import Issue
from dingfen.database.models import Row


class Proposal(Row):
    """One of the proposals put to the customer side by side. `sealed`: what, pros, cons, answer, proof.

    `remedy` is one of the pack's. `mark` is its number before the customer: proposal 1, 2, 3.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("proposal", "Draft")
        AWAITING = "awaiting_approval", pgettext_lazy("proposal", "Awaiting approval")
        APPROVED = "approved", pgettext_lazy("proposal", "Approved")
        OFFERED = "offered", pgettext_lazy("proposal", "Offered")
        COUNTERED = "countered", pgettext_lazy("proposal", "Countered")
        ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
        DECLINED = "declined", pgettext_lazy("proposal", "Declined")
        EXPIRED = "expired", pgettext_lazy("proposal", "Expired")
        RETRACTED = "retracted", pgettext_lazy("proposal", "Retracted")
        DELIVERING = "delivering", pgettext_lazy("proposal", "Being delivered")
        DELIVERED = "delivered", pgettext_lazy("proposal", "Delivered")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="proposals")
    issues = models.ManyToManyField(Issue, related_name="proposals")
    mark = models.PositiveSmallIntegerField()
    remedy = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    deliver_by = models.DateTimeField()
    deliverer = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    state = models.CharField(max_length=18, choices=State.choices, default=State.DRAFT)
    sealed = models.BinaryField()
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approver = models.CharField(max_length=20, blank=True, help_text="the lowest role that may approve")
    four_eyes = models.BooleanField(default=False)
    article = models.CharField(max_length=40, blank=True)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_via = models.CharField(max_length=12, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["mark"]
        constraints = [models.UniqueConstraint(fields=["complaint", "mark"], name="proposal_mark")]


class Promise(Row):
    """What somebody promised the customer, and whether it was kept (B13). `sealed`: what, proof."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        KEPT_LATE = "kept_late", pgettext_lazy("promise", "Kept late")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        RELEASED = "released", pgettext_lazy("promise", "Released by the customer")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="promises")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, blank=True, related_name="promise")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="promises")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    sealed = models.BinaryField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["staff", "state", "due_at"], name="promise_of_person")]
