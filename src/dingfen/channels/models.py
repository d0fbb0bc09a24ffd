"""Accounts of channels, what came in by them, what went out."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.database.models import Row


class Channel(models.TextChoices):
    """The ways by which customers reach the company."""

    MAIL = "mail", _("E-mail")
    WEB = "web", _("Web form")
    PHONE = "phone", _("Phone")
    WEBHOOK = "webhook", pgettext_lazy("channel", "Webhook")
    CHAT = "chat", pgettext_lazy("channel", "Chat")
    SOCIAL = "social", pgettext_lazy("channel", "Social media")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    SMS = "sms", _("SMS")


class AccountSet(models.QuerySet["Account"]):
    def visible_to(self, actor: Actor) -> AccountSet:
        """The accounts of the actor's company."""
        return self.filter(company_id=actor.company_id)

    def due(self, at: datetime) -> AccountSet:
        """Mailboxes to be looked into by now, longest waiting first."""
        return self.filter(on=True, next_at__lte=at).order_by("next_at", "pk")


class Account(Row):
    """One address of the company on a channel: a mailbox, an application of WeCom, a robot of a group.

    `settings` are what may be read, `secret` (sealed) what may not. `cursor` is how far a mailbox was read.
    """

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="where its messages belong")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, blank=True, help_text="public page: /complain/<slug>/")
    on = models.BooleanField(default=True)
    settings = models.JSONField(default=dict)
    secret = models.BinaryField(default=b"")
    cursor = models.JSONField(default=dict)
    since = models.DateTimeField(help_text="messages from before are not taken")
    next_at = models.DateTimeField(null=True, blank=True, help_text="when it is to be looked at again")
    failures = models.PositiveSmallIntegerField(default=0)
    worked_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    refused = models.CharField(max_length=20, blank=True, help_text="why a call to us was refused last")
    refused_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "channel", "name"], name="account_name"),
            models.UniqueConstraint(fields=["slug"], name="one_slug_each", condition=~models.Q(slug="")),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="account_due", condition=models.Q(next_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.name


class Received(Row):
    """A message that came in, kept before anything is done with it and handed on exactly once.

    `external` tells the same message again; `who` its sender (a keyed digest). `blob` or `sealed` holds it
    until it was handed on; `envelope` stays for the answer.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("received", "To be taken")
        TAKEN = "taken", pgettext_lazy("received", "Taken")
        IGNORED = "ignored", pgettext_lazy("received", "Left aside")
        FAILED = "failed", pgettext_lazy("received", "Could not be taken")

    account = models.ForeignKey(Account, models.PROTECT, related_name="received")
    external = models.CharField(max_length=64)
    who = models.CharField(max_length=64, blank=True)
    message_id = models.CharField(max_length=64, blank=True, help_text="digest of the Message-ID")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=20, blank=True, help_text="why it was left aside")
    blob = models.CharField(max_length=80, blank=True)
    sealed = models.BinaryField(default=b"")
    envelope = models.BinaryField(default=b"", help_text="sealed: where an answer goes, what it answers")
    case_uid = models.UUIDField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external"], name="received_once")]
        indexes = [
            models.Index(fields=["next_at"], name="received_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["message_id"], name="received_message_id"),
            models.Index(fields=["who", "-id"], name="received_of_sender"),
            models.Index(fields=["case_uid"], name="received_of_case"),
            models.Index(fields=["blob"], name="received_blob", condition=~models.Q(blob="")),
            models.Index(fields=["account", "-id"], name="received_newest"),
        ]


class Sent(Row):
    """A message to a customer: queued with its cause, sent by the worker, its body kept until it is gone."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "Queued")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")
        BOUNCED = "bounced", pgettext_lazy("delivery", "Came back")
        CANCELLED = "cancelled", pgettext_lazy("delivery", "Cancelled")

    account = models.ForeignKey(Account, models.PROTECT, related_name="sent")
    case_uid = models.UUIDField(null=True, blank=True)
    who = models.CharField(max_length=64, blank=True)
    masked = models.CharField(max_length=120, blank=True, help_text="the address, as it may be shown")
    message_id = models.CharField(max_length=64, blank=True, help_text="digest of the Message-ID")
    sealed = models.BinaryField(default=b"", help_text="address, subject, text; gone once sent")
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="sent_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["message_id"], name="sent_message_id"),
            models.Index(fields=["case_uid"], name="sent_of_case"),
            models.Index(fields=["who", "-id"], name="sent_to"),
            models.Index(fields=["account", "-id"], name="sent_newest"),
        ]


class Tracking(Row):
    """By which somebody without an account follows a matter: only the digest of the code is kept."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    case_uid = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Confirmation(Row):
    """A code sent to whoever complains on the public page, to see that they are reached there.

    Only a keyed digest of the code is kept; `tries` counts wrong ones, `sent` how many codes went out.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    case_uid = models.UUIDField(unique=True)
    by = models.CharField(max_length=8, help_text="phone or email")
    who = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)


from dingfen.channels.call_rows import PhoneCall  # noqa: E402

__all__ = ["Account", "Channel", "Confirmation", "PhoneCall", "Received", "Sent", "Tracking"]
