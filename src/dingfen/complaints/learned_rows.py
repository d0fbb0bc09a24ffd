"""What was learned from a company's own closed complaints. All of it can be made anew at any time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light, Row


class Learned(Light):
    """The model of one axis (class, level, urgency): a document of `dingfen.learning`."""

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    axis = models.CharField(max_length=12)
    document = models.BinaryField()
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "axis"], name="one_model_an_axis")]


class Training(Row):
    """Somebody had it learn anew. The worker takes one axis after the other; `done` of them are through."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("training", "Running")
        DONE = "done", pgettext_lazy("training", "Done")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    done = models.PositiveSmallIntegerField(default=0)
    share = models.FloatField(default=0.0, help_text="of the axis in hand, 0 to 1")
    report = models.JSONField(default=dict, help_text="axis: how many texts it learned from")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(state="running"), name="one_training_at_a_time"
            )
        ]
