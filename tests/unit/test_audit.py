"""An advisory is settled or accepted with its reasons, and silence of the registry is not taken for health."""

from __future__ import annotations

from pathlib import Path

import pytest

from signpost.desk.audit import AuditFault, answered, read_accepted, read_lock, verdict
from tests.conftest import ROOT

REPORT = {
    "dependencies": [
        {"name": "sanic", "version": "21.12.2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["22"]}]},
        {"name": "rasa", "skip_reason": "Dependency not found on PyPI"},
    ]
}


def test_an_advisory_fails_until_it_is_accepted_for_that_version() -> None:
    assert "sanic 21.12.2: PYSEC-1 CVE-1, mended in 22" in verdict(REPORT, [])[0]
    accepted = {"package": "sanic", "version": "21.12.2", "id": "CVE-1"}
    assert verdict(REPORT, [accepted]) == []
    assert verdict(REPORT, [{**accepted, "version": "21.12.1"}])


def test_a_package_that_the_registry_does_not_know_is_not_called_audited() -> None:
    assert [package["name"] for package in answered(REPORT)] == ["sanic"]


def test_every_accepted_advisory_is_of_a_locked_version_and_says_why() -> None:
    locked = read_lock(ROOT / "requirements.lock")
    for entry in read_accepted(ROOT / "docs" / "security_advisories.yml"):
        assert locked[entry["package"]] == entry["version"], f"{entry['id']}: the version has changed, look at it again"


def test_an_entry_without_reasons_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "accepted.yml"
    path.write_text('accepted: [{package: a, version: "1", id: CVE-2, what: x, reached_by: y}]', encoding="utf-8")
    with pytest.raises(AuditFault, match="CVE-2 lacks in_front"):
        read_accepted(path)
