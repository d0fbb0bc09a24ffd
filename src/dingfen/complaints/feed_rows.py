"""Calendars: an address under which somebody's deadlines can be read; by which days off they were counted."""

from __future__ import annotations

from django.db import models

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light


class Feed(models.Model):
    """One a person. Only the digest of its secret is kept; a new address puts the old one out of use."""

    staff = models.OneToOneField(Staff, models.CASCADE, primary_key=True, related_name="+")
    digest = models.BinaryField(unique=True, max_length=32)
    whose = models.CharField(max_length=6, default="own", help_text="own, unit or all")
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)


class CountedBy(Light):
    """By which days off and time zones the open deadlines of a company were last counted."""

    company = models.OneToOneField(Unit, models.PROTECT, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
