"""Teams and addresses: the folder's are approved, a record's are held until a human looks."""

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from gravida.find.contact import actions_addresses, teams
from gravida.find.contact.letters import NotYours, Openness
from gravida.find.contact.models import Team, TeamAddress
from gravida.find.contact.openness import openness
from gravida.find.contact.record_teams import calendar_of
from gravida.find.models import RecordVersion
from gravida.find.registry.store import read_incoming, write
from gravida.web.people.roles import Role
from tests.find.contact.making import FALCO, NOW, fresh, investigator, kinds_of_mails, last_mail, nurse, send
from tests.web.people.making import make_staff

pytestmark = pytest.mark.django_db
OTHER = "NCT00000001"


def record(number: str, *, email: str, status: str = "RECRUITING") -> dict[str, Any]:
    """FALCO's bundled record under another number, with one location and one contact."""
    raw = json.loads((Path(settings.STUDIES) / "falco" / "record.json").read_text(encoding="utf-8"))
    made = copy.deepcopy(raw)
    made["protocolSection"]["identificationModule"]["nctId"] = number
    made["protocolSection"]["statusModule"]["overallStatus"] = status
    made["protocolSection"]["contactsLocationsModule"] = {
        "centralContacts": [{"name": "Office", "role": "CONTACT", "phone": "+33 1 99 00 11 11"}],
        "locations": [
            {
                "facility": "Hôpital", "city": "Strasbourg", "zip": "67000", "country": "France",
                "status": "RECRUITING",
                "contacts": [{"name": "Team", "role": "CONTACT", "email": email, "phone": "01 99 00 22 22"}],
            }
        ],
    }  # fmt: skip
    return made


def held(number: str, *, email: str, **changed: str) -> None:
    """Import such a record."""
    incoming = read_incoming(json.dumps(record(number, email=email, **changed)).encode())
    write([incoming], source=RecordVersion.Source.REGISTRY, fetched_at=NOW)


def test_a_contact_of_the_folder_is_approved() -> None:
    (team,) = [team for team in teams.refresh(FALCO, at=NOW) if team.centre == "centre-1"]
    assert [(a.kind, a.state, a.email) for a in team.addresses.usable()] == [
        ("main", "approved", "falco-team@example.org"),
        ("alternate", "approved", "falco-coordination@example.org"),
    ]
    assert team.calendar == "FR"
    assert openness(team) is Openness.OPEN


def test_a_contact_of_a_record_is_held_and_the_form_stays_closed() -> None:
    held(OTHER, email="first@example.org")
    site, central = teams.refresh(OTHER, at=NOW)
    assert site.centre.startswith("r-")
    assert (site.town, site.calendar) == ("Strasbourg", "FR-6AE")
    address = site.addresses.get()
    assert (address.state, address.telephone) == ("held", "+33199002222")
    assert openness(site) is Openness.NO_CONTACT
    assert (central.centre, central.addresses.get().telephone) == ("central", "+33199001111")
    with pytest.raises(Exception, match="no_contact"):
        send(site)


def test_an_approved_address_takes_messages() -> None:
    held(OTHER, email="first@example.org")
    site = teams.refresh(OTHER, at=NOW)[0]
    by = make_staff(Role.ADMINISTRATOR)
    address = actions_addresses.approve_address(address=site.addresses.get(), by=by, at=NOW)
    assert (address.state, address.decided_by) == ("approved", by)
    send(site)
    assert last_mail("contact.team.new").recipient == "first@example.org"


def test_a_changed_address_is_held_and_messages_wait_until_it_is_approved() -> None:
    # given a team whose address was approved
    held(OTHER, email="first@example.org")
    site = teams.refresh(OTHER, at=NOW)[0]
    by = make_staff(Role.ADMINISTRATOR)
    actions_addresses.approve_address(address=site.addresses.get(), by=by, at=NOW)
    # when an import changes it, and somebody writes
    held(OTHER, email="second@example.org")
    teams.refresh(OTHER, at=NOW)
    assert openness(site) is Openness.WAITS
    assert last_mail("contact.staff.held").recipient == by.email
    sent = send(site)
    # then nobody is mailed, she reads that it waits, and staff have been told
    assert "contact.team.new" not in kinds_of_mails()
    assert fresh(sent.request).told_team_at is None
    assert "is being checked" in last_mail("contact.person.copy").text
    # and it leaves as soon as the address is approved
    new = site.addresses.get(email="second@example.org")
    actions_addresses.approve_address(address=new, by=by, at=NOW + timedelta(hours=1))
    assert last_mail("contact.team.new").recipient == "second@example.org"
    assert fresh(sent.request).told_team_at == NOW + timedelta(hours=1)


def test_a_refused_address_gets_nothing() -> None:
    held(OTHER, email="first@example.org")
    site = teams.refresh(OTHER, at=NOW)[0]
    by = make_staff(Role.ADMINISTRATOR)
    actions_addresses.refuse_address(address=site.addresses.get(), by=by, at=NOW)
    assert openness(site) is Openness.NO_CONTACT
    teams.refresh(OTHER, at=NOW)
    assert site.addresses.get().state == "refused"


def test_only_those_who_may_approve_do() -> None:
    held(OTHER, email="first@example.org")
    address = teams.refresh(OTHER, at=NOW)[0].addresses.get()
    for person in (nurse(), investigator()):
        with pytest.raises(NotYours):
            actions_addresses.approve_address(address=address, by=person, at=NOW)
    own = Team.objects.get(pk=teams.refresh(FALCO, at=NOW)[0].pk).addresses.first()
    with pytest.raises(actions_addresses.AlreadyDecided):
        actions_addresses.refuse_address(address=own, by=investigator("i2@example.org"), at=NOW)


def test_refreshing_again_writes_nothing(django_assert_num_queries: Any) -> None:
    held(OTHER, email="first@example.org")
    before = [team.pk for team in teams.refresh(OTHER, at=NOW)]
    rows = list(TeamAddress.objects.values())
    assert [team.pk for team in teams.refresh(OTHER, at=NOW + timedelta(days=1))] == before
    assert list(TeamAddress.objects.values()) == rows


def test_a_study_that_ended_takes_no_message() -> None:
    held(OTHER, email="first@example.org", status="COMPLETED")
    assert openness(teams.refresh(OTHER, at=NOW)[0]) is Openness.STUDY_CLOSED


def test_a_study_no_longer_listed_has_no_teams() -> None:
    held(OTHER, email="first@example.org")
    teams.refresh(OTHER, at=NOW)
    from gravida.find.models import Study

    Study.objects.filter(number=OTHER).update(absent_since=NOW)
    assert teams.refresh(OTHER, at=NOW) == ()
    assert set(Team.objects.filter(study=OTHER).values_list("gone_since", flat=True)) == {NOW}


@pytest.mark.parametrize(
    ("country", "postcode", "calendar"),
    [
        ("France", "75012", "FR"), ("France", "57000", "FR-57"), ("France", "68100", "FR-6AE"),
        ("Réunion", "97400", "FR-974"), ("Belgium", "", "BE"), ("Nowhere", "", ""),
    ],
)  # fmt: skip
def test_the_calendar_of_a_place(country: str, postcode: str, calendar: str) -> None:
    assert calendar_of(country, postcode) == calendar
