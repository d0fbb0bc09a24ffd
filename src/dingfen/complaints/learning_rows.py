"""What complaints teach: rises beyond chance (B9), and lessons as cases for training, without names."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.complaints.later_rows import Action
from dingfen.database.models import Row


class RiseQuerySet(models.QuerySet["Rise"]):
    def visible_to(self, actor: Actor) -> RiseQuerySet:
        """Those of the actor's company; a unit's also for its head, everything for the overseers."""
        from dingfen.complaints.visibility import WHOLE

        rows = self.filter(company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return rows
        seen = models.Q(pk__in=[])
        for path in actor.paths("head"):
            seen |= models.Q(unit__path__startswith=path)
        return rows.filter(seen)


class Rise(Row):
    """Something came up more often in the latest period than its own past explains."""

    class Axis(models.TextChoices):
        CAUSE = "cause", pgettext_lazy("rise", "Root cause")
        KLASS = "klass", _("Class")
        PRODUCT = "product", pgettext_lazy("complaint", "Product or service")
        LABEL = "label", pgettext_lazy("complaint", "Label")
        UNIT = "unit", _("Unit")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    axis = models.CharField(max_length=8, choices=Axis.choices)
    value = models.CharField(max_length=60, help_text="the cause, class, product, label or uid of the unit")
    start = models.DateTimeField(help_text="the latest period begins")
    end = models.DateTimeField()
    now = models.PositiveIntegerField(help_text="how many in it")
    before = models.FloatField(help_text="how many in a period before, on average")
    counts = models.JSONField(
        default=list, help_text="how many in each period, oldest first, the latest last"
    )
    chance = models.FloatField(help_text="how likely so many are by chance alone")
    noticed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)

    objects = RiseQuerySet.as_manager()

    class Meta:
        ordering = ["-noticed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "axis", "value"],
                condition=models.Q(answered_at=None),
                name="one_open_rise_each",
            )
        ]


class Lesson(Row):
    """A settled complaint told as a case for training, without names."""

    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="lessons")
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    happened = models.TextField()
    helped = models.TextField()
    better = models.TextField()
    klass = models.CharField(max_length=60, blank=True)
    cause = models.CharField(max_length=10, choices=Action.Cause.choices, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
