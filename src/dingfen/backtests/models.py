"""A backtest and what would differ. Results can be thrown away and run again: nothing else rests on them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.complaints.models import Complaint
from dingfen.database.models import Light, Row
from dingfen.ownership.models import Dispute, Registration
from dingfen.policies.models import PolicyVersion


class BacktestQuerySet(models.QuerySet["Backtest"]):
    def visible_to(self, actor: Actor) -> BacktestQuerySet:
        """The company's, for those who write or approve its rules."""
        return self.filter(company_id=actor.company_id)


class Backtest(Row):
    """One run: `policy` against `against` (none: the version in force when it happened), since a day."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("backtest", "Running")
        DONE = "done", pgettext_lazy("backtest", "Done")
        STOPPED = "stopped", pgettext_lazy("backtest", "Stopped")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="backtests")
    against = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    stage = models.CharField(
        max_length=10, default="disputes", help_text="disputes, holds, complaints; then done"
    )
    after = models.BigIntegerField(default=0, help_text="the last key that is done in this stage")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="stage -> kind -> number")
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = BacktestQuerySet.as_manager()


class Difference(Light):
    """One ruling, hold or complaint that would come out otherwise.

    `before`, `after`: holder, shares, rule, article, day; of a complaint level, urgency, what was late, approvers.
    """

    id = models.BigAutoField(primary_key=True)
    backtest = models.ForeignKey(Backtest, models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=12)
    dispute = models.ForeignKey(Dispute, models.CASCADE, null=True, blank=True, related_name="+")
    registration = models.ForeignKey(Registration, models.CASCADE, null=True, blank=True, related_name="+")
    complaint = models.ForeignKey(Complaint, models.CASCADE, null=True, blank=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["backtest", "kind", "id"], name="difference_by_kind")]
