"""Rows about the life of a hold beside the registration itself (part of `models`)."""

from __future__ import annotations

from django.db import models

from dingfen.accounts.models import Staff
from dingfen.database.models import Row


class Taking(Row):
    """A customer that left the pool: taken by the taker (what the limit of a day counts), or assigned by a head."""

    registration = models.ForeignKey("ownership.Registration", models.PROTECT, related_name="takings")
    taker = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    former = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["taker", "at"], name="taking_of_day")]
