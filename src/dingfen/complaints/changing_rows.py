"""Change requests (变更, B14): the customer needs something else than what was agreed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.cases.models import Attachment
from dingfen.complaints.answer_rows import Promise
from dingfen.database.models import Row


class ChangeRequest(Row):
    """One change the customer asks for. `mark` is its number in the complaint.

    `sealed`: what, why, effect (in words), present, minutes, reason, terms. `days` and `price`: the effect on
    schedule and price, negative where it becomes sooner or cheaper.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("change request", "Asked for")
        ASSESSED = "assessed", pgettext_lazy("change request", "Assessed")
        APPROVED = "approved", pgettext_lazy("change request", "Approved")
        REFUSED = "refused", pgettext_lazy("change request", "Refused")
        AGREED = "agreed", pgettext_lazy("change request", "Agreement signed")
        WITHDRAWN = "withdrawn", pgettext_lazy("change request", "Withdrawn")

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="changes")
    mark = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    via = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    decide_by = models.DateTimeField(null=True, blank=True)
    days = models.IntegerField(null=True, blank=True)
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    assessed_at = models.DateTimeField(null=True, blank=True)
    assessed_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    met_at = models.DateTimeField(null=True, blank=True, help_text="the review meeting")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    promise = models.ForeignKey(Promise, models.PROTECT, null=True, blank=True, related_name="+")
    article = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField()

    class Meta:
        ordering = ["mark"]
        constraints = [models.UniqueConstraint(fields=["complaint", "mark"], name="change_mark")]
