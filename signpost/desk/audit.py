"""`make audit`: ask the registry for known advisories of the locked packages, and compare them with the accepted ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_PIP_AUDIT = Path(".venv-audit/bin/pip-audit")
_LOCK = Path("requirements.lock")
_ACCEPTED = Path("docs/security_advisories.yml")
_FIRST = "rasa"  # asked for alone: a registry that cannot answer for one package is not asked for the others
_FIELDS = ("package", "version", "id", "what", "reached_by", "in_front")
_PATIENCE_SECONDS = 600


class AuditFault(ValueError):
    """The audit cannot be made. The message says why and what to do."""


def main() -> int:
    """Print what was found. Returns 0 when all is accepted or the registry has no answers (and says so), 1 otherwise."""
    try:
        accepted = read_accepted(_ACCEPTED)
        locked = read_lock(_LOCK)
        if not answered(_report({_FIRST: locked[_FIRST]})):
            print("NOT AUDITED: this registry has no advisories to give. Run make audit where pypi.org itself can be reached.")
            return 0
        report = _report(locked)
    except AuditFault as fault:
        print(fault, file=sys.stderr)
        return 1
    faults = verdict(report, accepted)
    for line in faults:
        print(line, file=sys.stderr)
    print(f"{len(answered(report))} of {len(locked)} packages audited, {len(accepted)} advisories accepted, {len(faults)} to settle.")
    return 1 if faults else 0


def read_lock(path: Path) -> dict[str, str]:
    """Return name and version of every locked package."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", path.read_text(encoding="utf-8"), re.M))


def read_accepted(path: Path) -> list[dict[str, str]]:
    """Return the accepted advisories. Raises AuditFault when one does not say what reaches it and what stands in front of it."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["accepted"]
    for entry in entries:
        missing = [field for field in _FIELDS if not str(entry.get(field) or "").strip()]
        if missing:
            raise AuditFault(f"{path}: {entry.get('id', 'an entry')} lacks {', '.join(missing)}. Add it, or settle the advisory.")
    return [{key: str(value) for key, value in entry.items()} for entry in entries]


def answered(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the packages that the registry had an answer for. pip-audit itself ends with success when there are none."""
    return [package for package in report["dependencies"] if "skip_reason" not in package]


def verdict(report: Mapping[str, Any], accepted: list[dict[str, str]]) -> list[str]:
    """Return a line for each advisory that nobody has accepted for that version."""
    known = {(entry["package"], entry["version"], entry["id"]) for entry in accepted}
    lines = []
    for package in answered(report):
        for found in package["vulns"]:
            ids = [found["id"], *found.get("aliases", [])]
            if not any((package["name"], package["version"], name) in known for name in ids):
                mended = ", ".join(found.get("fix_versions") or []) or "no version yet"
                lines.append(
                    f"{package['name']} {package['version']}: {' '.join(ids)}, mended in {mended}. Update it, or accept it in {_ACCEPTED}."
                )
    return lines


def _report(packages: Mapping[str, str]) -> dict[str, Any]:
    if not _PIP_AUDIT.exists():
        raise AuditFault(f"{_PIP_AUDIT} is missing: run make audit, which installs it.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as wanted:
        wanted.write("".join(f"{name}=={version}\n" for name, version in packages.items()))
        wanted.flush()
        command = [str(_PIP_AUDIT), "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json", "-r", wanted.name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS)
            report: dict[str, Any] = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError) as fault:
            raise AuditFault("pip-audit gave no report: the registry cannot be reached, or answers too slowly. Try again.") from fault
    return report


if __name__ == "__main__":
    sys.exit(main())
