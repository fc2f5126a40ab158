"""What the last run of the tests said, from pytest's JUnit files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PATHS = (Path("results/junit.xml"), Path("results/junit-alone.xml"))  # of the two runs of `make test`
GREEN, RED, MISSING = "green", "red", "missing"
_SET_UP = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "models/signpost.tar.gz")
_WRITTEN_BY_PYTHON = "__pycache__"


class NoResults(Exception):
    """The results cannot be used. The message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Outcome:
    """One test function: how many cases it ran, how many failed or did not run, and what it noted down of itself."""

    cases: int
    bad: int
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def state(self) -> str:
        """Green when it ran and nothing failed or was left out."""
        return RED if self.bad else GREEN


@dataclass(frozen=True)
class Results:
    """Outcomes by test, named as pytest names them without parameters: `tests/unit/test_guard.py::test_what_is_right_leaves`."""

    tests: Mapping[str, Outcome]

    def matching(self, name: str) -> dict[str, Outcome]:
        """The tests that `name` means: one test, or all of a file or folder."""
        if name in self.tests:
            return {name: self.tests[name]}
        whole = (f"{name}::",) if name.endswith(".py") else (f"{name.rstrip('/')}/",)
        return {test: outcome for test, outcome in self.tests.items() if "::" not in name and test.startswith(whole)}

    def state(self, name: str) -> str:
        """Green, red or missing."""
        found = self.matching(name).values()
        if not found:
            return MISSING
        return RED if any(outcome.bad for outcome in found) else GREEN

    @property
    def cases(self) -> int:
        """How many cases ran."""
        return sum(outcome.cases for outcome in self.tests.values())

    @property
    def bad(self) -> int:
        """How many of them failed or did not run."""
        return sum(outcome.bad for outcome in self.tests.values())


def read_results(root: Path) -> Results:
    """Read the results below `root`. Raises NoResults when a file is missing, or when something that was tested is newer than they are."""
    tests: dict[str, Outcome] = {}
    for path in PATHS:
        tests |= _read(root, path).tests
    return Results(tests)


def _read(root: Path, path: Path) -> Results:
    if not (root / path).is_file():
        raise NoResults(f"{path} is missing. Run make test.")
    written = (root / path).stat().st_mtime
    newer = next((file for file in _made_from(root) if file.stat().st_mtime > written), None)
    if newer is not None:
        raise NoResults(f"{path} is older than {newer.relative_to(root)}. Run make test.")
    try:
        return parse((root / path).read_bytes())
    except ElementTree.ParseError as fault:
        raise NoResults(f"{path} is damaged ({fault}). Run make test.") from fault


def _made_from(root: Path) -> Iterable[Path]:
    """What the tests run on: content, code with its pages and scripts, Rasa's settings, the model; and the tests themselves."""
    for folder, kind in (("data", "*.yml"), ("signpost", "*"), ("tests", "*.py")):
        files = (path for path in (root / folder).rglob(kind) if path.is_file())
        yield from sorted(path for path in files if _WRITTEN_BY_PYTHON not in path.parts)
    yield from (root / name for name in _SET_UP if (root / name).is_file())


def parse(xml: bytes) -> Results:
    """The results in a JUnit file. Raises ElementTree.ParseError when it is none."""
    tests: dict[str, Outcome] = {}
    for case in ElementTree.fromstring(xml).iter("testcase"):  # noqa: S314 - our own run of pytest wrote it
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        before = tests.get(name, Outcome(0, 0))
        bad = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
        noted = tuple((entry.get("name", ""), entry.get("value", "")) for entry in case.iter("property"))
        tests[name] = Outcome(before.cases + 1, before.bad + bad, before.properties + noted)
    return Results(tests)
