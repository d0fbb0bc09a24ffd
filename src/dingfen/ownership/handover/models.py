"""A hand-over: what somebody held, who receives what, and what became of each of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.database.models import Row
from dingfen.ownership.visibility import WHOLE, below

OPEN = ("draft", "running", "undoing")


class HandoverSet(models.QuerySet["Handover"]):
    def visible_to(self, actor: Actor) -> HandoverSet:
        """Heads and administrators of the person's unit; the company for its overseers."""
        mine = self.filter(company_id=actor.company_id)
        if actor.is_system or actor.paths(*WHOLE):
            return mine
        return mine.filter(below("unit", actor.paths(Role.HEAD, Role.ADMINISTRATOR)))


class Handover(Row):
    """All that one person holds, given to others in one job. `parts` are keyed `grade:A` or `scope:…`.

    `dates` says whether the protection goes on as it was, or begins anew with the receiver.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("handover", "Planned")
        RUNNING = "running", pgettext_lazy("handover", "Running")
        DONE = "done", pgettext_lazy("handover", "Done")
        PARTLY = "partly", pgettext_lazy("handover", "Done, some left")
        UNDOING = "undoing", pgettext_lazy("handover", "Being undone")
        UNDONE = "undone", pgettext_lazy("handover", "Undone")
        DROPPED = "dropped", pgettext_lazy("handover", "Discarded")

    class Why(models.TextChoices):
        LEFT = "left", _("Leaves the company")
        MOVED = "moved", _("Moves to another post")
        ABSENT = "absent", _("Absent for long")

    class Way(models.TextChoices):
        ONE = "one", _("All to one")
        ROBIN = "robin", _("In turn among several")
        GRADE = "grade", _("By grade")
        SCOPE = "scope", _("By product or project")
        POOL = "pool", _("To the pool")

    class Dates(models.TextChoices):
        KEEP = "keep", _("Protection goes on as it was")
        RESTART = "restart", _("Protection begins anew")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Staff, models.PROTECT, related_name="handovers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", help_text="the person's at the time")
    why = models.CharField(max_length=8, choices=Why.choices)
    reason = models.CharField(max_length=200)
    way = models.CharField(max_length=8, choices=Way.choices)
    parts = models.JSONField(default=dict)
    dates = models.CharField(max_length=8, choices=Dates.choices, default=Dates.KEEP)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = HandoverSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=OPEN), name="one_open_handover_of_person"
            )
        ]
        indexes = [models.Index(fields=["company", "-id"], name="handover_newest")]

    def __str__(self) -> str:
        return self.person.name


class HandoverItem(Row):
    """One hold, claim or duty of the person. `to` None with `to_pool` False: it stays where it is."""

    class Kind(models.TextChoices):
        HOLD = "hold", pgettext_lazy("handover", "Customer")
        CLAIM = "claim", pgettext_lazy("handover", "Claim in a dispute")
        DUTY = "duty", pgettext_lazy("handover", "Duty from a ruling")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("handover item", "Planned")
        DONE = "done", pgettext_lazy("handover item", "Handed over")
        FAILED = "failed", pgettext_lazy("handover item", "Not done")
        UNDONE = "undone", pgettext_lazy("handover item", "Undone")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    registration = models.ForeignKey(
        "ownership.Registration", models.PROTECT, null=True, blank=True, related_name="+"
    )
    claim = models.ForeignKey("ownership.Claim", models.PROTECT, null=True, blank=True, related_name="+")
    effect = models.ForeignKey("ownership.Effect", models.PROTECT, null=True, blank=True, related_name="+")
    to = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    to_pool = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    problem = models.JSONField(default=dict, help_text="{code, params} of what refused it")
    made = models.ForeignKey(
        "ownership.Registration", models.PROTECT, null=True, blank=True, related_name="+"
    )
    earlier = models.JSONField(default=dict, help_text="state and dates of the hold before")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "registration"], name="hold_once_in_handover"),
            models.UniqueConstraint(fields=["handover", "claim"], name="claim_once_in_handover"),
            models.UniqueConstraint(fields=["handover", "effect"], name="duty_once_in_handover"),
        ]
        indexes = [models.Index(fields=["handover", "state", "id"], name="handover_item_next")]
