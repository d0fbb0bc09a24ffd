"""Refuse changes of what only grows, on SQLite and on PostgreSQL; make the head of the empty tree."""

import hashlib
from typing import Any

from django.db import migrations

from dingfen.register import triggers


def forwards(apps: Any, schema_editor: Any) -> None:
    triggers.create(schema_editor.connection)
    apps.get_model("register", "Head").objects.get_or_create(id=1, defaults={"root": hashlib.sha256().digest()})


def backwards(apps: Any, schema_editor: Any) -> None:
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
