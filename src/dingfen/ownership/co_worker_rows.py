"""Who works on a customer beside its holder (A15; part of `models`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.database.models import Row

if TYPE_CHECKING:
    from dingfen.ownership.models import Registration


class CoWorkerQuerySet(models.QuerySet["CoWorker"]):
    def at_work(self) -> CoWorkerQuerySet:
        return self.filter(ended_at=None)

    def visible_to(self, actor: Actor) -> CoWorkerQuerySet:
        """Those beside the holds one may see."""
        from dingfen.ownership.models import Registration

        return self.filter(registration__in=Registration.objects.visible_to(actor).order_by())


class CoWorker(Row):
    """A colleague named beside the holder of one hold. It gives no hold, and ends with the hold."""

    class Role(models.TextChoices):
        TECHNICAL = "technical", pgettext_lazy("co-worker", "Technical")
        FINANCE = "finance", pgettext_lazy("co-worker", "Finance")
        DELIVERY = "delivery", pgettext_lazy("co-worker", "Delivery")
        SALES_SUPPORT = "sales_support", pgettext_lazy("co-worker", "Sales support")
        OTHER = "other", pgettext_lazy("co-worker", "Other")

    registration = models.ForeignKey("ownership.Registration", models.PROTECT, related_name="co_workers")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="co_works")
    role = models.CharField(max_length=16, choices=Role.choices)
    share = models.PositiveSmallIntegerField(default=0, help_text="%; the holder keeps the rest of 100")
    named_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True, help_text="empty: it ended with the hold")

    objects = CoWorkerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "staff"],
                condition=models.Q(ended_at=None),
                name="one_co_worker_each",
            ),
            models.CheckConstraint(condition=models.Q(share__lte=100), name="co_worker_share"),
        ]
        indexes = [
            models.Index(
                fields=["staff", "registration"],
                condition=models.Q(ended_at=None),
                name="co_works_of_person",
            )
        ]


def at_work(registration: Registration) -> list[CoWorker]:
    """The co-workers of a hold, oldest first."""
    return list(registration.co_workers.at_work().select_related("staff__unit").order_by("pk"))
