"""A site whose address only a proxy can serve does not start as if there were none."""

from typing import Any

import pytest

from gravida.web.checks import CHECKS, proxy_faults


@pytest.mark.parametrize(
    ("base", "is_behind_proxy", "faults"),
    [
        ("https://study.example.org", False, 1),
        ("https://study.example.org", True, 0),
        ("http://127.0.0.1:8000", False, 0),
        ("", False, 0),
    ],
)
def test_visitors_who_would_look_like_one_are_a_fault(
    settings: Any, base: str, is_behind_proxy: bool, faults: int
) -> None:
    settings.BASE_URL, settings.IS_HTTPS = base, base.startswith("https://")
    settings.BEHIND_PROXY = is_behind_proxy
    assert len(proxy_faults()) == faults


def test_it_keeps_the_site_from_starting() -> None:
    assert [check.at_start for check in CHECKS if check.run is proxy_faults] == [True]
