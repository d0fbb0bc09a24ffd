"""What the handlers' desk keeps: places and skills, labels, what is set aside, saved replies, macros, deeds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.database.models import Row

ROOM = 30
"""How many open complaints somebody has by default."""


class Seat(Row):
    """How much and what somebody is given: empty lists mean everything. Without a seat the defaults hold."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="seat")
    room = models.PositiveSmallIntegerField(default=ROOM, help_text="open complaints at most")
    classes = models.JSONField(default=list, help_text="classes of the pack, with all below them")
    languages = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    receives = models.BooleanField(default=True, help_text="false: is given nothing for now")
    given_at = models.DateTimeField(null=True, blank=True, help_text="when one was last given")


class Routing(models.Model):
    """Whether a unit's new complaints are given out by themselves; what is not said here the unit above says."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="+")
    automatic = models.BooleanField(default=False)


class Label(Row):
    """A word of the company's own that complaints are sorted by."""

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="one_label_each")]

    def __str__(self) -> str:
        return self.name


class Labelled(models.Model):
    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey("complaints.Complaint", models.PROTECT, related_name="labelled")
    label = models.ForeignKey(Label, models.PROTECT, related_name="uses")
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "label"], name="labelled_once")]


class Aside(models.Model):
    """Somebody has set a complaint aside until a moment, or until something happens to it.

    Only their own list changes. `seen` is the size of the register then: what is entered later ends it.
    """

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey("complaints.Complaint", models.CASCADE, related_name="+")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    until = models.DateTimeField()
    seen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "complaint"], name="aside_once")]


class SharedQuerySet(models.QuerySet["Shared"]):
    def visible_to(self, actor: Actor) -> SharedQuerySet:
        """One's own, what is shared with a unit one belongs to or with the company, and what one's units share."""
        steps = [step for step in actor.unit_path.split("/") if step]
        above = ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
        seen = models.Q(owner_id=actor.staff_id or 0) | models.Q(unit__path__in=above)
        for path in actor.paths(Role.HEAD, Role.GENERAL_MANAGER, Role.COMPLIANCE):
            seen |= models.Q(unit__path__startswith=path)
        return self.filter(seen, company_id=actor.company_id, gone_at=None)


class Shared(Row):
    """What saved replies and macros have in common: whose they are, and who approved what is shared.

    `unit` empty: the owner's own. Shared, it can be used once somebody else has approved it as it stands.
    """

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
        ordering = ["name", "id"]

    @property
    def usable(self) -> bool:
        return self.unit_id is None or self.approved_at is not None


class SavedReply(Shared):
    """An answer that is given often, with variables in braces ({number}, {customer}, …); `en` may be empty."""

    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)

    objects = SharedQuerySet.as_manager()


class Macro(Shared):
    """Several steps done as one: [{"do": "label", "add": ["…"]}, {"do": "reply", "text": "…"}, …]."""

    steps = models.JSONField(default=list)

    objects = SharedQuerySet.as_manager()


class Deed(Row):
    """What somebody did to one or several complaints at once, and how each step is taken back."""

    class Kind(models.TextChoices):
        BULK = "bulk", pgettext_lazy("deed", "Bulk action")
        MACRO = "macro", pgettext_lazy("deed", "Macro")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    steps = models.JSONField(default=list, help_text="[{case, do, …what was before}], in the order done")
    undone_at = models.DateTimeField(null=True, blank=True)
