"""The table of sanctions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff
from dingfen.cases.models import Case
from dingfen.database.models import Light
from dingfen.ownership.models import Dispute, Effect
from dingfen.ownership.visibility import SanctionQuerySet
from dingfen.policies.models import PolicyVersion


class Sanction(Light):
    """A sanction (处分) on its way: proposed, heard, decided by a person, open to appeal; never automatic (A13)."""

    class State(models.TextChoices):
        HEARING = "hearing", pgettext_lazy("sanction", "To be heard")
        DECIDING = "deciding", pgettext_lazy("sanction", "To be decided")
        DECIDED = "decided", pgettext_lazy("sanction", "Decided, open to appeal")
        APPEALED = "appealed", pgettext_lazy("sanction", "Under appeal")
        FINAL = "final", pgettext_lazy("sanction", "Final")

    class Measure(models.TextChoices):
        WARNING = "warning", _("warning")
        FINE = "fine", _("fine")
        SUSPENSION = "suspension", _("suspension from reception")
        LOSS_OF_CLAIM = "loss_of_claim", _("loss of the claim")
        DISMISSAL = "dismissal", _("dismissal")
        HEAD_DECIDES = "head_decides", _("the head decides")

    class Outcome(models.TextChoices):
        IMPOSED = "imposed", pgettext_lazy("sanction", "Imposed")
        MILDER = "milder", pgettext_lazy("sanction", "Milder than proposed")
        NONE = "none", pgettext_lazy("sanction", "Not imposed")

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="sanction")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HEARING)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="sanctions")
    code = models.CharField(max_length=60, help_text="of the sanction in the pack")
    article = models.CharField(max_length=40)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    dispute = models.ForeignKey(Dispute, models.PROTECT, null=True, blank=True, related_name="sanctions")
    effect = models.OneToOneField(
        Effect, models.PROTECT, null=True, blank=True, related_name="sanction", help_text="of a ruling"
    )
    duty = models.OneToOneField(
        "ownership.TellDuty",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sanction",
        help_text="missed",
    )
    accuser = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", help_text="None: a ruling proposed it"
    )
    grounds = models.TextField(blank=True)
    repetition = models.PositiveSmallIntegerField(default=0, help_text="imposed before, of the same kind")
    measure = models.CharField(max_length=20, choices=Measure.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of a suspension")
    answer_by = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_measure = models.CharField(max_length=20, choices=Measure.choices, blank=True)
    decided_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    from_on = models.DateField(null=True, blank=True, help_text="first day of a suspension")
    until_on = models.DateField(null=True, blank=True, help_text="its last day")
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateTimeField(null=True, blank=True)
    appeal_grounds = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    final_reason = models.TextField(blank=True)
    final_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    final_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["staff", "state", "from_on"], name="sanction_of_person")]

    def __str__(self) -> str:
        return self.case.number
