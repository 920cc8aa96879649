"""docs/workup.md says what the work-up does now."""

from pathlib import Path

from gravida.protocol.workup_document import workup_document
from gravida.protocol.workup_file import read_workup

ROOT = Path(__file__).resolve().parents[2]
WORKUP = read_workup(ROOT / "studies" / "falco")


def test_the_committed_document_is_what_the_code_writes():
    found = (ROOT / "docs" / "workup.md").read_text(encoding="utf-8")
    assert found == workup_document(WORKUP), "stale: run `gravida study docs studies/falco`"


def test_every_profile_finding_test_and_source_stands_in_the_document():
    document = workup_document(WORKUP)
    for profile in WORKUP.profiles:
        assert f"`{profile}`" in document
    for finding in WORKUP.findings:
        assert finding.name["en"].replace("|", "\\|") in document
        assert finding.to_confirm in document
    for test in WORKUP.tests:
        assert f"`{test}`" in document
    for source in WORKUP.sources:
        assert source.text in document


def test_every_source_is_cited():
    cited = {
        *(test.source for test in WORKUP.tests.values()),
        *(finding.source for finding in WORKUP.findings),
        *(profile.source for profile in WORKUP.profiles.values()),
        WORKUP.antiphospholipid_source,
    }
    assert cited <= {source.id for source in WORKUP.sources}
    assert {source.id for source in WORKUP.sources} - cited <= {"SYDNEY", "ACR"}


def test_tables_are_whole():
    # given each line of a table
    width = 0
    for line in workup_document(WORKUP).splitlines():
        cells = line.replace("\\|", "").count("|")
        assert not line.startswith("|") or width in (0, cells), line
        width = cells if line.startswith("|") else 0
