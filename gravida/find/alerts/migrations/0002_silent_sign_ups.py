from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="signup",
            name="is_silent",
            field=models.BooleanField(default=False, help_text="Its address is not to be written to."),
        ),
    ]
