"""Possible matches and proposed relations, what people said to them, and the heavy work of the matcher."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row, new_uid
from dingfen.ownership.visibility import MatchDecisionQuerySet, MatchJobQuerySet, MatchReviewQuerySet
from dingfen.parties.models import Customer, Merge, Relation


class MatchDecision(Row):
    """What one person said to reviews at one time, and what came of it; undone as a whole."""

    class Answer(models.TextChoices):
        SAME = "same", pgettext_lazy("match", "Same")
        OTHER = "other", _("Not the same")
        RELATED = "related", pgettext_lazy("match", "Belong together")
        BULK = "bulk", pgettext_lazy("match", "Accepted above a threshold")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    least = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="threshold of a bulk acceptance"
    )
    merges = models.ManyToManyField(Merge, related_name="+")
    relations = models.ManyToManyField(Relation, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MatchDecisionQuerySet.as_manager()


class MatchReview(Row):
    """Two customers that may be one (or, by `kind`, belong together): people look, and what they say is kept.

    `customer` is the one that came later, `other` the one that was there. `registration` is the hold it came
    up with, where there is one. Reviews of one `group` are looked at together.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("match", "To check")
        SAME = "same", pgettext_lazy("match", "Same")
        OTHER = "other", _("Not the same")
        RELATED = "related", pgettext_lazy("match", "Belong together")
        VOID = "void", pgettext_lazy("match", "Taken back")

    class Kind(models.TextChoices):
        SAME = "same", pgettext_lazy("match", "Same customer?")
        HOUSEHOLD = "household", pgettext_lazy("match", "One household?")
        GROUP = "firm_group", pgettext_lazy("match", "One group of firms?")

    registration = models.ForeignKey(
        "Registration", models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    other = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SAME)
    group = models.UUIDField(default=new_uid, db_index=True)
    sure = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list, help_text="codes, strongest first")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.ForeignKey(MatchDecision, models.PROTECT, null=True, blank=True, related_name="reviews")

    objects = MatchReviewQuerySet.as_manager()

    class Meta:
        # by itself the database goes through the customers of the company, to find the few that are open
        indexes = [models.Index(fields=["state", "-opened_at"], name="match_review_by_state")]


class MatchJob(Row):
    """Heavy work of the matcher that a person started; done by the worker, with a lease.

    `after` is where it goes on when another worker takes it over; `report` what came of it.
    """

    class Kind(models.TextChoices):
        SWEEP = "sweep", pgettext_lazy("match job", "Search of the whole base")
        TRAIN = "train", pgettext_lazy("match job", "Learning the weights")
        INDEX = "index", pgettext_lazy("match job", "Reading customers anew")
        ACCEPT = "accept", pgettext_lazy("match job", "Acceptance above a threshold")
        UNDO = "undo", pgettext_lazy("match job", "Taking an acceptance back")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("match job", "Running")
        DONE = "done", pgettext_lazy("match job", "Done")
        STOPPED = "stopped", pgettext_lazy("match job", "Stopped")
        FAILED = "failed", pgettext_lazy("match job", "Failed")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    options = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)
    leased_until = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey(MatchDecision, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = MatchJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(state="running"), name="one_match_job_at_a_time"
            )
        ]
