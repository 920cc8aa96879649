"""What the links in a team's mails still do when the message has gone elsewhere meanwhile."""

from datetime import timedelta

import pytest

from gravida.find.contact import actions_person, actions_team, clock
from gravida.find.contact.models import Team
from gravida.find.contact.states import State
from gravida.web.tokens import LinkSpent
from tests.find.contact.making import NOW, access_of, fresh, last_mail, other_team, send, token_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def test_links_of_a_team_that_has_the_message_no_longer_do_nothing() -> None:
    # given a message whose writer has turned to another centre
    sent, lyon = send(), other_team()
    mail = last_mail("contact.team.new")
    access = access_of(sent)
    actions_person.write_to_other_centre(
        access=access, version=fresh(sent.request).version, team=lyon, at=LATER
    )
    # when the first team presses the buttons of its mail
    with pytest.raises(LinkSpent):
        actions_team.acknowledge_by_link(token=token_in(mail, "received"), at=LATER)
    with pytest.raises(LinkSpent):
        actions_team.close_centre_by_link(token=token_in(mail, "not-recruiting"), at=LATER)
    # then the second team is neither said to have answered nor closed
    assert fresh(sent.request).where is not State.ACKNOWLEDGED
    assert Team.objects.get(pk=lyon.pk).closed_at is None


def test_a_team_that_answers_by_link_brings_back_what_nobody_has_confirmed() -> None:
    # given a message that left the inbox unconfirmed, with a mail to the team of the day before
    sent = send()
    clock.run_timers(NOW + timedelta(days=2, hours=1))
    after = NOW + timedelta(days=3, hours=1)
    clock.run_timers(after)
    assert fresh(sent.request).where is State.SPAM
    # when the team says that it has it
    token = token_in(last_mail("contact.team.reminder"), "received")
    actions_team.acknowledge_by_link(token=token, at=after)
    # then it is not deleted after a week
    assert fresh(sent.request).where is State.ACKNOWLEDGED
