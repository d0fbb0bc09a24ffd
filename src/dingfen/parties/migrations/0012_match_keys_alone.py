"""The table of match keys becomes its own index, and what a customer is stored under stands beside it.

In SQLite WITHOUT ROWID, which Django cannot say: half the bytes and one page to write for each key instead of two.
The keys themselves stay as they are, so that everybody is found as before. Which of them are only for who asks with
four last digits is not known until a customer is read anew (`dingfen match index`): `tailed` stays empty till then.
"""

import struct
from itertools import groupby
from typing import Any

from django.db import migrations, models

CHUNK = 5000


def alone(apps: Any, schema_editor: Any) -> None:
    sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT MIN(customer_id), MAX(customer_id) FROM parties_matchkey")
        first, last = cursor.fetchone()
        for start in range(first or 0, (last or 0) + 1, CHUNK):
            cursor.execute(
                "SELECT customer_id, key FROM parties_matchkey WHERE customer_id >= %s AND customer_id < %s "
                "ORDER BY customer_id, id",
                [start, start + CHUNK],
            )
            packed = []
            for pk, rows in groupby(cursor.fetchall(), lambda row: row[0]):
                numbers = list(dict.fromkeys(key for _, key in rows))
                packed.append((struct.pack(f"<{len(numbers)}q", *numbers), pk))
            cursor.executemany("UPDATE parties_customer SET keyed = %s WHERE id = %s", packed)
        cursor.execute(
            "CREATE TABLE parties_matchkey_alone (key bigint NOT NULL, customer_id bigint NOT NULL, "
            f"PRIMARY KEY (key, customer_id)){' WITHOUT ROWID' if sqlite else ''}"
        )
        cursor.execute(
            "INSERT INTO parties_matchkey_alone SELECT DISTINCT key, customer_id FROM parties_matchkey "
            "ORDER BY key, customer_id"
        )
        cursor.execute("DROP TABLE parties_matchkey")
        cursor.execute("ALTER TABLE parties_matchkey_alone RENAME TO parties_matchkey")


class Migration(migrations.Migration):
    dependencies = [("parties", "0011_match_key_whole")]

    operations = [
        migrations.AddField(
            "customer",
            "keyed",
            models.BinaryField(null=True, help_text="numbers it is looked up under, 8 bytes each"),
        ),
        migrations.AddField(
            "customer",
            "tailed",
            models.BinaryField(null=True, help_text="further numbers, for who asks with four last digits"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(alone)],
            state_operations=[
                migrations.DeleteModel("MatchKey"),
                migrations.CreateModel(
                    name="MatchKey",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "key",
                                "customer_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("key", models.BigIntegerField()),
                        ("customer_id", models.BigIntegerField()),
                    ],
                ),
            ],
        ),
    ]
