"""Published rule books: the version in force when something happened judges it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from dingfen import formats
from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light, Row


class PolicyVersion(Row):
    """One version of one pack for a unit and everything below it. `document` is the pack's canonical text."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("version", "Draft")
        AWAITING_APPROVAL = "awaiting_approval", pgettext_lazy("version", "Awaiting approval")
        APPROVED = "approved", pgettext_lazy("version", "Approved")
        PUBLISHED = "published", pgettext_lazy("version", "Published")
        RETRACTED = "retracted", pgettext_lazy("version", "Retracted")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="policies")
    pack = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    title = models.JSONField()
    digest = models.CharField(max_length=64)
    document = models.TextField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    in_force_from = models.DateTimeField(null=True, blank=True)
    in_force_until = models.DateTimeField(null=True, blank=True)
    applies_to_history_from = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    without_consultation = models.TextField(
        blank=True, help_text="why staff were not consulted, if they had to be"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "pack", "version"], name="one_version_each")]

    @property
    def name(self) -> str:
        """The title of the rule book in the reader's language."""
        return str(self.title["zh" if formats.chinese() else "en"])

    @property
    def called(self) -> str:
        """The title with the number of the version."""
        return f"{self.name} {self.version}"


class Acknowledgement(Light):
    """A member of staff has read a version."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="acknowledgements")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "staff"], name="one_acknowledgement_each")]


class PolicyDraft(Row):
    """A written rule on its way to a pack: its text, what was found in it, and what a person made of that.

    `findings`: as `engine.draft` gives them, each with `decision` (open, accepted, changed, dropped) and, when
    changed, `changed`: the value as YAML data.
    """

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    file_name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    articles = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="draft_newest")]

    @property
    def open_count(self) -> int:
        """How many proposed rules still wait for a person."""
        return sum(one["decision"] == "open" and bool(one["proposal"]) for one in self.findings)

    @property
    def proposed_count(self) -> int:
        return sum(bool(one["proposal"]) for one in self.findings)


class PolicySource(Row):
    """A rule book being written: the files of its pack and its scenarios, kept as typed even when they don't read.

    `files`: name → text (`ownership.yaml`, `scenarios/disputes.yaml`). `base`: the version it began from.
    """

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    files = models.JSONField(default=dict)
    base = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    proposed = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="source_newest")]


from dingfen.policies.consultation_rows import Consultation  # noqa: E402, F401 - tables of this app
from dingfen.policies.review_rows import Review, ReviewCase  # noqa: E402, F401 - tables of this app
