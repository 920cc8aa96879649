"""The database itself refuses to change or delete entries of the trail."""

from django.db import migrations

from gravida.web.audit.triggers import OF_VENDOR


def create(apps, schema_editor):
    for statement in OF_VENDOR[schema_editor.connection.vendor]["CREATE"]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    for statement in OF_VENDOR[schema_editor.connection.vendor]["DROP"]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
