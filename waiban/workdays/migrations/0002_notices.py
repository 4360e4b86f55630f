"""The version sequence, and the notices known when the portal was built.

The rows agree with the data of chinesecalendar 1.11 (a test compares them day by day) but stand here in full:
a migration must give the same calendar in five years, whatever that package says then.
"""

from datetime import date, timedelta

from django.db import migrations

from waiban.core.time import now

SEQUENCE = "workdays_calendar_version"

# year: (number of the notice, published, [(festival, first day off, last day off, make-up days)])
NOTICES = {
    2024: (
        "国办发明电〔2023〕7号",
        "2023-10-25",
        [
            ("元旦", "01-01", "01-01", []),
            ("春节", "02-10", "02-17", ["02-04", "02-18"]),
            ("清明节", "04-04", "04-06", ["04-07"]),
            ("劳动节", "05-01", "05-05", ["04-28", "05-11"]),
            ("端午节", "06-08", "06-10", []),
            ("中秋节", "09-15", "09-17", ["09-14"]),
            ("国庆节", "10-01", "10-07", ["09-29", "10-12"]),
        ],
    ),
    2025: (
        "国办发明电〔2024〕12号",
        "2024-11-12",
        [
            ("元旦", "01-01", "01-01", []),
            ("春节", "01-28", "02-04", ["01-26", "02-08"]),
            ("清明节", "04-04", "04-06", []),
            ("劳动节", "05-01", "05-05", ["04-27"]),
            ("端午节", "05-31", "06-02", []),
            ("国庆节、中秋节", "10-01", "10-08", ["09-28", "10-11"]),
        ],
    ),
    2026: (
        "国办发明电〔2025〕7号",
        "2025-11-04",
        [
            ("元旦", "01-01", "01-03", ["01-04"]),
            ("春节", "02-15", "02-23", ["02-14", "02-28"]),
            ("清明节", "04-04", "04-06", []),
            ("劳动节", "05-01", "05-05", ["05-09"]),
            ("端午节", "06-19", "06-21", []),
            ("中秋节", "09-25", "09-27", []),
            ("国庆节", "10-01", "10-07", ["09-20", "10-10"]),
        ],
    ),
}


def seed(apps, schema_editor):
    """Write the notices of 2024 to 2026 and the first version."""
    year_model = apps.get_model("workdays", "CalendarYear")
    day_model = apps.get_model("workdays", "Day")
    version_model = apps.get_model("workdays", "CalendarVersion")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        version = cursor.fetchone()[0]
    version_model.objects.create(singleton=True, value=version)
    for year, (source, published, festivals) in NOTICES.items():
        notice = year_model.objects.create(
            year=year,
            source=source,
            published_on=date.fromisoformat(published),
            imported_at=now(),
            version=version,
        )
        for name, first, last, makeup in festivals:
            start, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")
            off = [start + timedelta(days=n) for n in range((end - start).days + 1)]
            on = [date.fromisoformat(f"{year}-{day}") for day in makeup]
            day_model.objects.bulk_create(
                day_model(date=day, is_workday=day in on, name=name, calendar=notice) for day in [*off, *on]
            )


class Migration(migrations.Migration):
    dependencies = [("workdays", "0001_initial")]

    operations = [
        migrations.RunSQL(f"CREATE SEQUENCE {SEQUENCE}", f"DROP SEQUENCE {SEQUENCE}"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
