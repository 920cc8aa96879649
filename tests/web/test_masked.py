"""The logs hold no secret of an address."""

import logging

import pytest

from gravida.web.masked import MaskSecretParts

TOKEN = "Zx_-" + "a1B2" * 9 + "Qw9"


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        (f"Internal Server Error: /en/message/{TOKEN}/", "Internal Server Error: /en/message/-/"),
        (f"/fr/message/{TOKEN}/confirm/", "/fr/message/-/confirm/"),
        (f"/en/alerts/?receipt={TOKEN}&near=Lyon", "/en/alerts/?receipt=-&near=Lyon"),
        ("Not Found: /en/studies/NCT05557201/contact/", "Not Found: /en/studies/NCT05557201/contact/"),
    ],
)
def test_the_secret_part_of_an_address_is_masked(written: str, masked: str) -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s", (written,), None)
    assert MaskSecretParts().filter(record)
    assert record.getMessage() == masked


def test_the_console_is_masked(settings: object) -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["masked"]  # type: ignore[attr-defined]


def test_the_servers_own_log_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    from gunicorn.config import Config

    from gravida.serve_log import MaskedLogger

    log = MaskedLogger(Config())
    log.error("Error handling request %s %s", "GET", f"/n/{TOKEN[:32]}")
    written = capsys.readouterr().err
    assert "GET /n/-" in written
    assert TOKEN[:32] not in written
