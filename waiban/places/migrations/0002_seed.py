"""Fill the table of places, so that an empty office can start."""

from typing import Any

from django.db import migrations

from waiban.places.seed import seed


def forwards(apps: Any, schema_editor: Any) -> None:
    seed(apps.get_model("places", "Place"))


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
