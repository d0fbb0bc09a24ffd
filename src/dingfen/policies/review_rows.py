"""What cases say about the rules: a question about one article, and the cases that raise it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row
from dingfen.policies.models import PolicyVersion


class Review(Row):
    """An article that cases put in question, for the policy owner. One open at a time for each article.

    `article` is empty where no rule covered the case, `pack` where no rule book was in force.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("review", "Open")
        TAKEN_UP = "taken_up", pgettext_lazy("review", "Taken up")
        STAYS = "stays", pgettext_lazy("review", "Stays as it is")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    pack = models.CharField(max_length=40, blank=True)
    article = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    taken_up_in = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "pack", "article"],
                condition=models.Q(state="open"),
                name="one_open_review_each",
            )
        ]
        indexes = [models.Index(fields=["company", "state", "-id"], name="review_by_state")]


class ReviewCase(Row):
    """A case that speaks about an article. `case_kind` and `case_uid` name it; its room shows it.

    `told`: what the rules proposed and what came of it (`proposed`, `given`): of a dispute with people as letters
    (A, B …), never by name; of a sanction the measures; of a complaint its grade, or the `cause` that was found.
    `text`: a lesson, in the words of whoever noted it.
    """

    class Cause(models.TextChoices):
        OVERTURNED = "overturned", _("Decision overturned")
        DEPARTURE = "departure", _("Departed from the proposal")
        NOT_COVERED = "not_covered", _("No rule covered it")
        LESSON = "lesson", _("Lesson noted")
        MILDER = "milder", _("Decided milder than the rule")
        APPEALED = "appealed", _("Appealed against")
        REOPENED = "reopened", _("Complaint reopened")
        ROOT_CAUSE = "root_cause", _("Root cause found")

    review = models.ForeignKey(Review, models.PROTECT, related_name="cases")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    case_kind = models.CharField(max_length=20)
    case_uid = models.UUIDField(db_index=True)
    case_number = models.CharField(max_length=24)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    told = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    noted_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "cause", "case_uid"],
                condition=~models.Q(cause="lesson"),
                name="case_once_for_each_cause",
            )
        ]
