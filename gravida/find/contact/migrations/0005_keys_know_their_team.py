"""Every key knows its team; a migration of its own, for PostgreSQL checks the rows of 0004 at its end."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0004_joined_by_address_only")]

    operations = [
        migrations.AlterField(
            model_name="access",
            name="team",
            field=models.ForeignKey(
                help_text="That was chosen on the form; where the message joined another, not always the other's.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contact.team",
            ),
        ),
        migrations.RemoveField(model_name="access", name="is_whole"),
    ]
