from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_settling")]

    operations = [migrations.DeleteModel(name="Letter")]
