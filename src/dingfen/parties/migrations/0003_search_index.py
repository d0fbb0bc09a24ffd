"""The index of the search text: FTS5 kept by triggers on SQLite, a generated tsvector on PostgreSQL."""

from typing import Any

from django.db import migrations

SQLITE = (
    """CREATE VIRTUAL TABLE parties_search USING fts5(
        text, content='parties_searchtext', content_rowid='id', tokenize='unicode61 remove_diacritics 0',
        prefix='3 4')""",
    "INSERT INTO parties_search (parties_search, rank) VALUES ('secure-delete', 1)",
    """CREATE TRIGGER parties_search_in AFTER INSERT ON parties_searchtext BEGIN
        INSERT INTO parties_search (rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER parties_search_out AFTER DELETE ON parties_searchtext BEGIN
        INSERT INTO parties_search (parties_search, rowid, text) VALUES ('delete', old.id, old.text); END""",
    """CREATE TRIGGER parties_search_change AFTER UPDATE OF text ON parties_searchtext BEGIN
        INSERT INTO parties_search (parties_search, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO parties_search (rowid, text) VALUES (new.id, new.text); END""",
    "INSERT INTO parties_search (parties_search) VALUES ('rebuild')",
)
POSTGRES = (
    """ALTER TABLE parties_searchtext ADD COLUMN words tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(text, ' '))) STORED""",
    "CREATE INDEX parties_search ON parties_searchtext USING gin (words)",
)
SQLITE_BACK = (
    "DROP TRIGGER parties_search_in",
    "DROP TRIGGER parties_search_out",
    "DROP TRIGGER parties_search_change",
    "DROP TABLE parties_search",
)
POSTGRES_BACK = ("ALTER TABLE parties_searchtext DROP COLUMN words",)


def _run(schema_editor: Any, postgres: tuple[str, ...], sqlite: tuple[str, ...]) -> None:
    for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def forwards(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, POSTGRES, SQLITE)


def backwards(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, POSTGRES_BACK, SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_merges_features_search")]

    operations = [migrations.RunPython(forwards, backwards)]
