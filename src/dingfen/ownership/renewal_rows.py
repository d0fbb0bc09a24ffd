"""A holder's request to renew a protection, and what became of it (part of `models`)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.database.models import Row


class RenewalRequest(Row):
    """`by_role`: who the rules let decide. It falls away with the hold; one is open at a time."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("renewal", "Asked")
        GRANTED = "granted", pgettext_lazy("renewal", "Granted")
        REFUSED = "refused", pgettext_lazy("renewal", "Refused")

    registration = models.ForeignKey(
        "ownership.Registration", models.PROTECT, related_name="renewal_requests", db_index=False
    )
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    by_role = models.CharField(max_length=20)
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(state="open"), name="one_open_renewal_request"
            )
        ]
        indexes = [models.Index(fields=["registration", "-id"], name="renewals_asked_of_hold")]
