"""The form: what it shows, what it refuses, and that nothing typed is ever lost."""

from typing import Any

from django.test import Client

from gravida.find.contact.models import Request
from tests.find.contact.pages.conftest import FORM

Letter = dict[str, Any]


def test_a_message_is_kept_and_the_page_says_so_only_then(visitor: Client, letter: Letter) -> None:
    # given the form, which claims nothing
    assert "submitted" not in visitor.get(FORM).content.decode()
    # when it is sent
    answer = visitor.post(FORM, letter)
    # then the message is kept, and the next page says so
    request = Request.objects.get()
    assert answer.status_code == 302
    page = visitor.get(answer.headers["Location"]).content.decode()
    assert "Your message was submitted to Research team of the FALCO study" in page
    assert request.reference in page
