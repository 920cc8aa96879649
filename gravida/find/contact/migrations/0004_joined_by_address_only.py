"""Keys know the team that was chosen; messages are joined by e-mail address only."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat


def name_the_team(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keys made before open a message of the team that has it."""
    access, request = apps.get_model("contact", "Access"), apps.get_model("contact", "Request")
    team = request.objects.filter(pk=OuterRef("request_id")).values("team_id")[:1]
    access.objects.filter(team=None).update(team_id=Subquery(team))


def free_the_forms(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A message that is erased does not keep its form from being sent again."""
    apps.get_model("contact", "Request").objects.filter(erased_at__isnull=False).update(
        idempotency_digest=Concat(Value("erased "), Cast(F("pk"), CharField()))
    )


class Migration(migrations.Migration):
    dependencies = [("contact", "0003_codes_and_details")]

    operations = [
        migrations.RemoveConstraint(model_name="request", name="request_open_once_telephone"),
        migrations.AlterField(
            model_name="request",
            name="telephone_blind",
            field=models.CharField(
                help_text="So that staff see who wrote twice; never joined by it.", max_length=64, null=True
            ),
        ),
        migrations.AddField(
            model_name="access",
            name="team",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contact.team"
            ),
        ),
        migrations.RunPython(name_the_team, migrations.RunPython.noop),
        migrations.RunPython(free_the_forms, migrations.RunPython.noop),
    ]
