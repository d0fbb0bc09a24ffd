"""Bringing data in: upload, mapping, dry run, rows, undo."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Role, Staff, Unit
from dingfen.database.models import Light, Row


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def visible_to(self, actor: Actor) -> ImportJobQuerySet:
        """One's own imports; all of the company for its administrators."""
        mine = self.filter(company_id=actor.company_id)
        if actor.is_system or actor.has(Role.ADMINISTRATOR):
            return mine
        return mine.filter(made_by_id=actor.staff_id)


class ImportJob(Row):
    """One file on its way in. `report` counts what the dry run, the import and the undo did."""

    class Kind(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        TOUCHES = "touches", pgettext_lazy("import", "Touches")
        DEALS = "deals", pgettext_lazy("import", "Deals")
        STAFF = "staff", pgettext_lazy("import", "Staff")
        COMPLAINTS = "complaints", pgettext_lazy("import", "Complaints")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        MAPPING = "mapping", _("Columns to map")
        CHECKING = "checking", _("Dry run")
        READY = "ready", pgettext_lazy("import", "Ready")
        RUNNING = "running", _("Importing")
        DONE = "done", pgettext_lazy("import", "Done")
        DONE_ERRORS = "done_errors", _("Done, some rows left out")
        STOPPED = "stopped", pgettext_lazy("import", "Stopped")
        UNDONE = "undone", pgettext_lazy("import", "Undone")

    company = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    file_name = models.CharField(max_length=200)
    blob = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20, blank=True)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    stop_wanted = models.BooleanField(default=False)
    stage = models.CharField(max_length=10, default="rows", help_text="rows, then disputes; undo")
    position = models.PositiveIntegerField(
        default=0, help_text="next place; moves in the batch's transaction"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Light):
    """What became of one row: enough to resume, to write the error file, and to undo."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, help_text="done, failed, skipped, undone, blocked")
    made = models.JSONField(default=list, help_text="[{type, uid}] created by this row")
    errors = models.JSONField(default=list, help_text="[{column, value, code, params}]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_row_each")]
