"""What people keep about their pages: saved views of lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light, Row


class SavedViews(models.QuerySet["SavedView"]):
    def visible_to(self, actor: Actor) -> SavedViews:
        """Own views, and those shared with a unit the actor belongs to."""
        steps = [step for step in actor.unit_path.split("/") if step]
        above = ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
        return self.filter(Q(owner_id=actor.staff_id) | Q(shared_with__path__in=above))


class SavedView(Row):
    """A list as someone likes to see it: `query` holds filters, columns and sort as URL parameters."""

    list = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    owner = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    shared_with = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    query = models.CharField(max_length=1000, blank=True)
    saved_at = models.DateTimeField()

    objects = SavedViews.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "list", "name"], name="view_name_of_owner")]

    def __str__(self) -> str:
        return self.name


class DefaultView(Light):
    """The view a person's list opens with."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    list = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "list"], name="one_default_view")]
