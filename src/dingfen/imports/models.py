"""Bringing data in: upload, mapping, dry run, rows, undo."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Row


class ImportJob(Row):
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
    kind = models.CharField(max_length=12, help_text="customers, touches, deals, staff")
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
    lease_until = models.DateTimeField(null=True, blank=True)
    stop_wanted = models.BooleanField(default=False)


class ImportRow(models.Model):
    """What became of one row: enough to resume, to write the error file, and to undo."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, help_text="done, failed, skipped, undone")
    made = models.JSONField(default=list, help_text="[{type, uid}] created by this row")
    errors = models.JSONField(default=list, help_text="[{column, value, code, params}]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_row_each")]
