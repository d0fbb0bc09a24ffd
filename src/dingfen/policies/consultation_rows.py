"""That staff were consulted on a version of the rules before it was published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dingfen.accounts.models import Staff
from dingfen.database.models import Row
from dingfen.policies.models import PolicyVersion


class Consultation(Row):
    """One meeting or round of comments on a version. Written once; another round is another row.

    `participants`: who took part, in words. `objections`: each {by, text, answer, taken_up}. The minutes are a file
    kept encrypted; `sha256` is of its content and stands in the register too.
    """

    class Form(models.TextChoices):
        CONGRESS = "congress", _("Congress of staff representatives")
        ALL_STAFF = "all_staff", _("Discussed with all staff")
        UNION = "union", _("Consulted with the trade union")
        REPRESENTATIVES = "representatives", _("Consulted with staff representatives")
        COMMENTS = "comments", _("Put up for comments")

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="consultations")
    held_on = models.DateField()
    form = models.CharField(max_length=16, choices=Form.choices)
    participants = models.TextField()
    objections = models.JSONField(default=list)
    name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    blob = models.CharField(max_length=80, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["held_on", "pk"]
