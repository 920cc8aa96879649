"""What a look finds out: each study's difference since the last one, once, and who is told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gravida.find.alerts import looks
from gravida.find.alerts.models import Change, Look, Notice, Seen
from gravida.find.alerts.seen import SeenVersions
from gravida.find.models import RecordVersion, Study
from tests.find.alerts.conftest import NOW, search_for, subscribe, told
from tests.find.search.conftest import AddStudy

Imported = Callable[..., int]
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _first_look(imported: Imported, add_study: AddStudy) -> None:
    """A site that has looked once, at a study that does not matter."""
    add_study("Unrelated", number="NCT00000001")
    imported(at=NOW)


@pytest.mark.django_db
def test_who_follows_a_study_hears_what_happened_to_it(add_study: AddStudy, imported: Imported) -> None:
    # given somebody who follows a study that is not open yet, and somebody who follows another
    add_study("Early losses", number="NCT00000010", status="NOT_YET_RECRUITING")
    add_study("Other", number="NCT00000011", status="NOT_YET_RECRUITING")
    imported(at=NOW)
    subscribe(study="NCT00000010")
    subscribe(study="NCT00000011", email="other@example.org")
    # when it opens
    add_study("Early losses", number="NCT00000010", status="RECRUITING")
    imported(at=LATER)
    assert told() == [("NCT00000010", "opened")]
    # when its places change and it closes
    add_study("Early losses", number="NCT00000010", status="COMPLETED", points=[(48.85, 2.35)])
    imported(at=LATER + timedelta(hours=1))
    # then
    assert told() == [("NCT00000010", "opened"), ("NCT00000010", "closed places")]


@pytest.mark.django_db
def test_a_study_that_leaves_the_registry_and_comes_back_is_told(
    add_study: AddStudy, imported: Imported
) -> None:
    study = add_study("Early losses", number="NCT00000010")
    imported(at=NOW)
    subscribe(study="NCT00000010")
    Study.objects.filter(pk=study.pk).update(absent_since=NOW)
    imported(at=LATER)
    imported(at=LATER)
    Study.objects.filter(pk=study.pk).update(absent_since=None)
    imported(at=LATER + timedelta(hours=1))
    assert told() == [("NCT00000010", "gone"), ("NCT00000010", "opened")]


@pytest.mark.django_db
def test_topics_that_were_not_chosen_are_not_told(add_study: AddStudy, imported: Imported) -> None:
    add_study("Early losses", number="NCT00000010", status="NOT_YET_RECRUITING")
    imported(at=NOW)
    subscribe(study="NCT00000010", topics={"opening": False})
    add_study("Early losses", number="NCT00000010", status="RECRUITING")
    imported(at=LATER)
    assert told() == []


@pytest.mark.django_db
def test_a_reworded_text_is_no_news(add_study: AddStudy, imported: Imported) -> None:
    add_study("Early losses", number="NCT00000010", summary="One.")
    imported(at=NOW)
    subscribe(study="NCT00000010")
    subscribe(search=search_for("losses"), email="other@example.org")
    add_study("Early losses", number="NCT00000010", summary="Another.")
    imported(at=LATER)
    assert told() == []
    assert Change.objects.count() == 1


@pytest.mark.django_db
def test_a_search_hears_of_new_studies_and_of_those_that_newly_fit(
    add_study: AddStudy, imported: Imported
) -> None:
    # given
    add_study("Heparin", number="NCT00000010", minimum_age="40 Years")
    imported(at=NOW)
    subscribe(search=search_for("heparin", age_years=34))
    # when one is new, one becomes open to her age, one is for others
    add_study("Heparin again", number="NCT00000012")
    add_study("Heparin", number="NCT00000010", minimum_age="30 Years")
    add_study("Heparin for men", number="NCT00000013", maximum_age="20 Years")
    imported(at=LATER)
    # then
    assert told() == [("NCT00000010", "new"), ("NCT00000012", "new")]


@pytest.mark.django_db
def test_a_search_hears_that_one_of_its_studies_opens(add_study: AddStudy, imported: Imported) -> None:
    add_study("Heparin", number="NCT00000010", status="NOT_YET_RECRUITING")
    imported(at=NOW)
    subscribe(search=search_for("heparin"))
    subscribe(search=search_for("heparin", statuses=("RECRUITING",)), email="b@example.org")
    add_study("Heparin", number="NCT00000010", status="RECRUITING")
    imported(at=LATER)
    assert told() == [("NCT00000010", "opened"), ("NCT00000010", "new opened")]


@pytest.mark.django_db
def test_results_are_told_once_they_are_posted(add_study: AddStudy, imported: Imported) -> None:
    import zlib

    from gravida.find.strict_json import load_kept, sorted_bytes

    study = add_study("Heparin", number="NCT00000010")
    imported(at=NOW)
    subscribe(study="NCT00000010")
    raw = load_kept(study.current_version.raw) | {"hasResults": True}
    study.current_version = RecordVersion.objects.create(
        study=study, sha256="1" * 64, fetched_at=NOW, source="file", body=zlib.compress(sorted_bytes(raw))
    )
    study.save()
    imported(at=LATER)
    assert told() == [("NCT00000010", "results")]


@pytest.mark.django_db
def test_what_a_bundled_record_lacks_is_not_told_as_a_change(add_study: AddStudy, imported: Imported) -> None:
    study = add_study("Heparin", number="NCT00000010", status="RECRUITING")
    RecordVersion.objects.filter(study=study).update(source="bundled")
    imported(at=NOW)
    subscribe(study="NCT00000010")
    add_study("Heparin", number="NCT00000010", status="RECRUITING", points=[(48.85, 2.35)])
    imported(at=LATER)
    assert told() == []


@pytest.mark.django_db
def test_nobody_hears_of_what_was_there_when_she_signed_up(add_study: AddStudy, imported: Imported) -> None:
    # given a change that was found, and somebody who signs up after it, before it was compared
    add_study("Heparin", number="NCT00000010")
    subscribe(search=search_for("aspirin"))
    imported(at=LATER)
    Look.objects.update(ended_at=None, compared_up_to=0)
    subscribe(search=search_for("heparin"), email="late@example.org", at=LATER + timedelta(minutes=1))
    imported(at=LATER + timedelta(minutes=5))
    assert told() == []


@pytest.mark.django_db
def test_without_alerts_nothing_is_kept_of_an_import(add_study: AddStudy, imported: Imported) -> None:
    add_study("Heparin", number="NCT00000010")
    imported(at=LATER)
    assert not Look.objects.exists()
    # and who signs up then does not hear of it later
    subscribe(search=search_for("heparin"))
    imported(at=LATER + timedelta(hours=1))
    assert told() == []


@pytest.mark.django_db
def test_a_large_import_is_told_in_turns(
    add_study: AddStudy, imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "MOST_AT_ONCE", 2)
    subscribe(search=search_for("heparin"))
    for number in range(10, 15):
        add_study("Heparin", number=f"NCT000000{number}")
    for turn in range(5):
        imported(at=LATER + timedelta(minutes=turn))
    assert told() == [(f"NCT000000{number}", "new") for number in range(10, 15)]
    assert [look.changes.count() for look in Look.objects.order_by("id")] == [2, 2, 1]


@pytest.mark.django_db
def test_a_look_that_another_worker_was_faster_with_keeps_nothing(
    add_study: AddStudy, imported: Imported
) -> None:
    from gravida.find.search import upkeep
    from gravida.find.search.serving import serving

    subscribe(search=search_for("heparin"))
    add_study("Heparin", number="NCT00000010")
    upkeep.update()
    index = serving(now=NOW)
    seen = Seen.objects.get()
    first = looks.look(index, at=LATER)
    with pytest.raises(looks.SeenMeanwhile):
        looks._compare(seen, looks._state_of(index), at=LATER)
    assert first is not None
    assert Change.objects.count() == 1


@pytest.mark.django_db
def test_no_alert_is_compared_twice_with_the_same_change(add_study: AddStudy, imported: Imported) -> None:
    subscribe(search=search_for("heparin"))
    add_study("Heparin", number="NCT00000010")
    imported(at=LATER)
    Look.objects.update(ended_at=None, compared_up_to=0, has_told_studies=False)
    imported(at=LATER + timedelta(minutes=5))
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_who_waits_for_a_team_to_open_hears_of_it(
    add_study: AddStudy, imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a study of this site whose registry record says that it is open, and whose team's form is closed
    study = add_study("Heparin", number="NCT00000010")
    forms = {"NCT00000010": False}
    monkeypatch.setattr(looks, "_open_forms", lambda: dict(forms))
    imported(at=NOW)
    subscribe(study="NCT00000010")
    imported(at=LATER)
    assert told() == []
    # when the team opens its form
    forms["NCT00000010"] = True
    imported(at=LATER + timedelta(hours=1))
    # then
    assert told() == [("NCT00000010", "opened")]
    assert Change.objects.get().study_id == study.pk


def test_what_was_seen_is_packed_and_compared() -> None:
    import numpy as np

    seen = SeenVersions.of(np.array([5, 2, 9]), np.array([50, 20, -90]))
    assert SeenVersions.unpacked(seen.packed()).versions.tolist() == [20, 50, -90]
    listed = SeenVersions.of(np.array([2, 7, 9]), np.array([21, 70, 91]))
    assert seen.differing(listed).tolist() == [2, 5, 7, 9]
    assert (seen.of_study(9), seen.of_study(3), seen.of_study(5)) == (-90, 0, 50)
    now = seen.advanced(listed, np.array([2, 5]))
    assert dict(zip(now.studies.tolist(), now.versions.tolist(), strict=True)) == {2: 21, 5: -50, 9: -90}
    assert now.differing(listed).tolist() == [7, 9]
    nothing = SeenVersions.of(np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    assert nothing.differing(listed).tolist() == [2, 7, 9]
    assert nothing.advanced(listed, listed.studies).differing(listed).tolist() == []
