"""Let the database refuse to change the words of a version."""

from django.db import migrations

from gravida.find.overviews.triggers import OF_VENDOR


def _run(act):
    def run(apps, schema_editor):
        for statement in OF_VENDOR[schema_editor.connection.vendor][act]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("overviews", "0001_initial")]
    operations = [migrations.RunPython(_run("CREATE"), _run("DROP"))]
