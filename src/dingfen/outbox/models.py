"""What has to reach people: queued in the transaction that causes it, delivered by the worker."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row


class Delivery(Row):
    """One message to one person on one channel. `key` makes queueing idempotent."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "Queued")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        READ = "read", pgettext_lazy("delivery", "Read")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("delivery", "Cancelled")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Staff, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=12)
    event = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20, blank=True)
    subject_uid = models.UUIDField(null=True, blank=True)
    params = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["recipient", "channel", "-id"], name="delivery_of_person"),
        ]


class Preference(models.Model):
    """Which events reach a person on which channel; none stored means the default."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="preferences")
    event = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "event", "channel"], name="one_preference_each")
        ]


class QuietHours(models.Model):
    """No message but an urgent one between these times of a person's day."""

    staff = models.OneToOneField(Staff, models.CASCADE, primary_key=True, related_name="quiet_hours")
    starts = models.TimeField()
    ends = models.TimeField()
