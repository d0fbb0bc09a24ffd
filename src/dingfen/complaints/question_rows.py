"""Answers to frequent questions (常见问题): dated, approved by a second person, shown before the public form."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row


class QuestionSet(models.QuerySet["Question"]):
    def visible_to(self, actor: Actor) -> QuestionSet:
        """Those of the actor's company."""
        return self.filter(company_id=actor.company_id)

    def shown(self, unit: Unit, language: str, day: dt.date) -> QuestionSet:
        """What the public page of a unit shows on a day: approved, in its time, of the unit or above it."""
        above = [int(part) for part in unit.path.strip("/").split("/")]
        rows = self.filter(unit_id__in=above, language=language, state=Question.State.APPROVED)
        begun = rows.filter(valid_from__lte=day, review_by__gte=day)
        return begun.filter(Q(valid_until=None) | Q(valid_until__gte=day)).order_by("-yes", "pk")


class Question(Row):
    """One question with its answer, in one language. Its words are the company's own and lie open."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("question", "To approve")
        APPROVED = "approved", pgettext_lazy("question", "Shown")
        RETIRED = "retired", pgettext_lazy("question", "Retired")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", help_text="shown on the pages of it and below"
    )
    language = models.CharField(max_length=8)
    question = models.CharField(max_length=120)
    answer = models.TextField(max_length=2000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="its last day, where it has one")
    review_by = models.DateField(help_text="looked at again by then, or no longer shown")
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = QuestionSet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "language", "state"], name="questions_shown")]
