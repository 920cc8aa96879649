"""Fifty at once: one step, one mail, forty-nine told - on either database."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gravida.find.contact.models import Request, Step
from gravida.find.inbox.bulk import done_to_all
from gravida.web.models import Mail
from tests.find.contact.making import confirm, fresh, make_team, nurse, send
from tests.web.people.making import browser_of
from tests.web.test_limits import in_parallel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def made_for_server() -> Request:
    at = timezone.now()
    sent = send(make_team(at=at), at=at)
    confirm(sent, at=at)
    return fresh(sent.request)


def test_of_fifty_parallel_acknowledgements_one_is_a_step() -> None:
    # given a nurse in whose browsers the same page stands
    request, desk = made_for_server(), browser_of(nurse())
    address, cookies = f"/en/staff/messages/{request.reference}/do/acknowledge/", desk.cookies

    def press(_number: int) -> int:
        one = Client()
        one.cookies = cookies
        try:
            return int(one.post(address, {"version": request.version}).status_code)
        finally:
            connection.close()

    # when all of them are pressed at once
    answers = in_parallel(press, calls=50, threads=25)
    # then one passes, the others see both versions
    assert answers.count(303) == 1
    assert answers.count(409) == 49
    assert Step.objects.filter(request=request, state_after="acknowledged").count() == 1
    assert Mail.objects.filter(kind="contact.person.acknowledged").count() == 1
    assert fresh(request).version == request.version + 1


def test_of_ten_parallel_bulk_acts_each_message_takes_one_step() -> None:
    request, by = made_for_server(), nurse()

    def mark(_number: int) -> int:
        try:
            chosen = {request.pk: request.version}
            return len(done_to_all("spam", chosen, by=by, at=timezone.now()).done)
        finally:
            connection.close()

    assert sum(in_parallel(mark, calls=10, threads=10)) == 1
    assert Step.objects.filter(request=request, state_after="spam").count() == 1
