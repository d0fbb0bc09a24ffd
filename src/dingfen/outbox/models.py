"""What has to reach people: queued in the transaction that causes it, delivered by the worker."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.access import PERMISSIONS
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light, Row


class Channel(models.TextChoices):
    """The ways a message can take."""

    NOTICE = "in_app", _("In-app notice")
    MAIL = "mail", _("E-mail")


class DeliverySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> DeliverySet:
        """What the worker must send by now, earliest first."""
        return self.filter(next_at__lte=at).order_by("next_at", "pk")

    def visible_to(self, actor: Actor) -> DeliverySet:
        """What was sent to oneself; all of the company for who looks after the outbox."""
        own = models.Q(recipient_id=actor.staff_id, recipient__isnull=False)
        if actor.is_system or any(actor.has(role) for role in PERMISSIONS["outbox.view"]):
            return self.filter(company_id=actor.company_id)
        return self.filter(own, company_id=actor.company_id)

    def notices_of(self, actor: Actor) -> DeliverySet:
        """One's own in-app notices, newest first."""
        own = self.filter(recipient_id=actor.staff_id, channel=Channel.NOTICE)
        return own.exclude(state=Delivery.State.CANCELLED).order_by("-id")

    def same_occasion(self, delivery: Delivery) -> DeliverySet:
        """All channels on which the recipient was told of one occasion, this one included."""
        occasion = delivery.key.removesuffix(f":{delivery.channel}")
        keys = [f"{occasion}:{channel}" for channel in Channel.values]
        return self.filter(recipient_id=delivery.recipient_id, key__in=keys)

    def unread(self) -> DeliverySet:
        """In-app notices nobody has opened yet."""
        return self.filter(channel=Channel.NOTICE, state=Delivery.State.SENT)


class Delivery(Row):
    """One message to one person on one channel.

    `key` makes queueing idempotent. The words are made when it is shown or sent, in the recipient's
    language, from `event` and `params`. `next_at` is when the worker must look at it again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "Queued")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        READ = "read", pgettext_lazy("delivery", "Read")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("delivery", "Cancelled")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Staff, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=12, choices=Channel.choices)
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

    objects = DeliverySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["recipient", "channel", "-id"], name="delivery_of_person"),
            models.Index(fields=["company", "state", "-id"], name="delivery_by_state"),
            models.Index(
                fields=["recipient"],
                name="unread_notice",
                condition=models.Q(channel="in_app", state="sent"),
            ),
        ]


class Preference(Light):
    """Which events reach a person on which channel; none stored means the default."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="preferences")
    event = models.CharField(max_length=40)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "event", "channel"], name="one_preference_each")
        ]


class QuietHours(Light):
    """No message but an urgent one between these times of a person's day."""

    staff = models.OneToOneField(Staff, models.CASCADE, primary_key=True, related_name="quiet_hours")
    starts = models.TimeField()
    ends = models.TimeField()
