"""First rows of the allowance rates and of the visa practice."""

from django.db import migrations

from delegations.standards import seed


def forwards(apps, schema_editor):
    """Seed the two tables; an office adds to them and changes them afterwards."""
    seed(
        apps.get_model("places", "Place"),
        apps.get_model("delegations", "AllowanceRate"),
        apps.get_model("delegations", "VisaRule"),
    )


class Migration(migrations.Migration):
    dependencies = [("delegations", "0001_initial"), ("places", "0002_seed")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
