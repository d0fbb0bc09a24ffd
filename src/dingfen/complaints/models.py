"""A complaint: what somebody outside the company holds against it, and how it is settled.

Who complains and what they said is sealed under the key of the case (`cases.thread`); the rows hold codes,
times and sums.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.cases.models import Case
from dingfen.complaints.visibility import ComplaintQuerySet
from dingfen.database.models import Light
from dingfen.policies.models import PolicyVersion

OPEN = ("received", "acknowledged", "assessed", "investigating", "proposed", "decided", "on_ladder")
CLOSED = ("closed_accepted", "closed_open", "withdrawn", "not_accepted", "merged", "void")
NEVER_HANDLED = ("not_accepted", "merged", "void")
"""Ended without having been handled here: nobody answers the customer in it any more."""


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    COUNTER = "counter", _("Counter visit")
    LETTER = "letter", _("Letter")
    MAIL = "mail", _("E-mail")
    WEB = "web", _("Web form")
    CHAT = "chat", _("Chat")
    SOCIAL = "social", _("Social media")
    WECHAT = "wechat", _("WeChat")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    SMS = "sms", _("SMS")
    AUTHORITY = "authority", _("Passed on by an authority")
    API = "api", _("API")


class Complaint(Light):
    class State(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("complaint", "Received")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("complaint", "Acknowledged")
        ASSESSED = "assessed", pgettext_lazy("complaint", "Assessed")
        INVESTIGATING = "investigating", pgettext_lazy("complaint", "Under investigation")
        PROPOSED = "proposed", pgettext_lazy("complaint", "With the customer")
        DECIDED = "decided", pgettext_lazy("complaint", "Decided")
        ON_LADDER = "on_ladder", pgettext_lazy("complaint", "On the ladder")
        CLOSED_ACCEPTED = "closed_accepted", pgettext_lazy("complaint", "Closed, agreed")
        CLOSED_OPEN = "closed_open", pgettext_lazy("complaint", "Closed, not agreed")
        WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Withdrawn")
        NOT_ACCEPTED = "not_accepted", pgettext_lazy("complaint", "Not accepted")
        MERGED = "merged", pgettext_lazy("complaint", "Merged")
        VOID = "void", pgettext_lazy("complaint", "Void")

    class Contact(models.TextChoices):
        """Whether the complainant showed, by a code sent there, that they are reached as they said."""

        UNASKED = "", pgettext_lazy("contact", "Not asked")
        UNCONFIRMED = "unconfirmed", pgettext_lazy("contact", "Not confirmed")
        PHONE = "phone", pgettext_lazy("contact", "Phone confirmed")
        EMAIL = "email", pgettext_lazy("contact", "E-mail confirmed")

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="complaint")
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    received_at = models.DateTimeField(help_text="when the customer said it")
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True, blank=True, help_text="when what is complained of happened")
    receiver = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="complaints")
    klass = models.CharField(max_length=60, blank=True, help_text="class by the pack's tree: a.b")
    level = models.CharField(max_length=20, blank=True)
    urgency = models.CharField(max_length=20, blank=True)
    sensitivity = models.JSONField(default=list, help_text="codes")
    vulnerable = models.BooleanField(default=False, help_text="a customer who needs particular care")
    product = models.CharField(max_length=60, blank=True, help_text="product or service complained of")
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    language = models.CharField(max_length=8, default="zh-hans")
    sealed = models.BinaryField(
        default=b"", help_text="who complains, for whom, where, remedy sought, order, what was done at once"
    )
    masked_name = models.CharField(max_length=80, blank=True)
    masked_phone = models.CharField(max_length=24, blank=True)
    assessed = models.JSONField(default=dict, help_text="facts stated when it was assessed: name -> value")
    contact = models.CharField(max_length=12, choices=Contact.choices, blank=True, default="")
    people = models.PositiveSmallIntegerField(default=1, help_text="how many complain together")
    first_answer_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    state_before = models.CharField(max_length=16, blank=True, help_text="before it was merged")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    retain_until = models.DateField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True, help_text="legal hold: nothing is erased")
    hold_reason = models.CharField(max_length=200, blank=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(
        max_length=120,
        blank=True,
        help_text="remedy given, of a complaint taken over: the pack's code or words",
    )
    import_row = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "-case"], name="complaint_by_state"),
            models.Index(fields=["handler", "state", "-case"], name="complaint_of_handler"),
            models.Index(
                fields=["product", "-case"], name="complaint_of_product", condition=~models.Q(product="")
            ),
            models.Index(
                fields=["klass", "-case"],
                name="complaint_settled",
                condition=models.Q(state__in=["closed_accepted", "closed_open"]),
            ),
        ]

    def __str__(self) -> str:
        return self.case.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ComplainantKey(Light):
    """A keyed hash of how a complainant can be reached: finds their earlier matters, also without a card."""

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="keys")
    lookup = models.BinaryField(max_length=32, db_index=True)


class ExternalReference(Light):
    """The number of this matter with somebody else: a hotline, an authority, a court."""

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="references")
    body = models.CharField(max_length=40)
    number = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "body", "number"], name="one_reference_each")
        ]


class Event(Light):
    """What happened to a complaint, in the words of the rules: clocks start and end with it."""

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="events")
    name = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["complaint", "name", "at"], name="event_of_complaint")]


from dingfen.complaints.answer_rows import Promise, Proposal  # noqa: E402
from dingfen.complaints.between_rows import Between, Hearing, Side  # noqa: E402
from dingfen.complaints.changing_rows import ChangeRequest  # noqa: E402
from dingfen.complaints.desk_rows import Aside, Deed, Label, Labelled, Macro, Routing, SavedReply, Seat  # noqa: E402
from dingfen.complaints.feed_rows import CountedBy, Feed  # noqa: E402
from dingfen.complaints.issue_rows import Custody, Exhibit, Inquiry, Interest, Issue  # noqa: E402
from dingfen.complaints.later_rows import Action, CallBack, LadderStep, Session, Stretch  # noqa: E402
from dingfen.complaints.learned_rows import Learned, Training  # noqa: E402
from dingfen.complaints.learning_rows import Lesson, Rise  # noqa: E402
from dingfen.complaints.letter_rows import Letter  # noqa: E402
from dingfen.complaints.question_rows import Question  # noqa: E402

__all__ = [
    "Action", "Aside", "Between", "CallBack", "ChangeRequest", "Channel", "ComplainantKey", "Complaint", "CountedBy",
    "Custody", "Deed", "Event", "Exhibit", "ExternalReference", "Feed", "Hearing", "Inquiry", "Interest", "Issue",
    "Label", "Labelled", "LadderStep", "Learned", "Lesson", "Letter", "Macro", "Promise", "Proposal", "Question",
    "Rise", "Routing", "SavedReply", "Seat", "Session", "Side", "Stretch", "Training",
]  # fmt: skip
