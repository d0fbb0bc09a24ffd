"""The open cases in the order of lists: a queue of the newest need not sort all that are open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_presence")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["company", "-opened_at", "-id"],
                name="case_open",
            ),
        ),
    ]
