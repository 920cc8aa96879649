"""What stands in the log, and what everyday knocks must not write into it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KNOCK = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
page = f"/en/message/{'a' * 43}/"
form = "application/x-www-form-urlencoded"
knocks = [
    lambda: Client().get(page, headers={"host": "elsewhere.example"}),
    lambda: Client(headers={"host": "localhost"}).post(page, "a=" + "b" * 300_000, content_type=form),
    lambda: Client(headers={"host": "localhost"}).post(page, {f"a{number}": "b" for number in range(150)}),
]
print([knock().status_code for knock in knocks])
"""


@pytest.mark.slow
def test_a_robots_knock_writes_no_trace(tmp_path: Path) -> None:
    # given a site as it is served, with its own log
    environment = os.environ | {"GRAVIDA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gravida.settings"}
    environment.pop("DATABASE_URL", None)
    # when a robot asks for another host, or sends far too much
    done = subprocess.run(
        [sys.executable, "-c", KNOCK], env=environment, capture_output=True, text=True, check=True
    )
    # then it is refused, and fills no disk
    assert done.stdout.strip() == "[400, 400, 400]"
    assert done.stderr == ""
