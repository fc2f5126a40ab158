"""Each paper: a file of statements in docs/assurance/, each with the tests that bear it out, and the page that is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError

from signpost.desk.assurance.results import GREEN, MISSING, RED, Results

FOLDER = Path("docs/assurance")
_TEMPLATES = Path(__file__).parent / "templates"
PAPERS = {  # file of statements -> template
    "hazards": "hazards.md",
    "dpia": "statements.md",
    "childrens_code": "statements.md",
    "accessibility": "accessibility.md",
    "transparency": "statements.md",
    "benchmark_card": "benchmark_card.md",
}


class PaperFault(ValueError):
    """A file of statements is missing or wrong. The message names file, fault and mend."""


@dataclass(frozen=True)
class Statement:
    """One hazard, duty or field with what bears it out. `people`: what only a person can do; `tests`: name and state of each test."""

    id: str
    about: str
    says: str
    people: str
    more: Mapping[str, Any]
    tests: tuple[tuple[str, str], ...]
    needs_tests: bool

    @property
    def controlled(self) -> bool:
        """Whether every test it rests on was run and is green; one that rests on none is for people to answer for."""
        return not self.needs_tests or (bool(self.tests) and all(state == GREEN for _, state in self.tests))


@dataclass(frozen=True)
class Paper:
    """A paper ready to be written."""

    name: str
    title: str
    intro: str
    statements: tuple[Statement, ...]
    figures: tuple[tuple[str, str], ...] = field(default=())

    def faults(self) -> Iterator[str]:
        """One sentence for each statement that nothing bears out."""
        for statement in self.statements:
            if not statement.controlled:
                bad = [f"{test} is {state}" for test, state in statement.tests if state != GREEN]
                yield f"{FOLDER}/{self.name}.yml: {statement.id} is uncontrolled: {'; '.join(bad) or 'it names no test that exists'}."
        for what, value in self.figures:
            if not value:
                yield f"{FOLDER}/{self.name}.yml: '{what}' does not stand in docs/benchmarks.md any more. Mend its 'find'."


def read_paper(root: Path, name: str, facts: Mapping[str, Any], results: Results) -> Paper:
    """Read one file of statements and look up its tests. Raises PaperFault when it is missing or wrong."""
    path = root / FOLDER / f"{name}.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - Markdown, and our own words only

        def filled(text: object) -> str:
            return " ".join(words.from_string(str(text or "")).render(facts).split())

        statements = tuple(_statement(entry, filled, results) for entry in content.get("statements") or [])
        figures = tuple(_figure(entry, root) for entry in content.get("figures") or [])
        return Paper(name, filled(content["title"]), filled(content["intro"]), statements, figures)
    except OSError as fault:
        raise PaperFault(f"{path} is missing. Restore it from the last release.") from fault
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as fault:
        raise PaperFault(f"{path}: {fault!r}. It needs title, intro and a list of statements with id, about and says.") from fault
    except UndefinedError as fault:
        raise PaperFault(f"{path}: {fault}. signpost/desk/assurance/facts.py lists the names that can be used.") from fault


def _statement(entry: Mapping[str, Any], filled: Any, results: Results) -> Statement:
    named, also = entry.get("tests") or [], entry.get("also") or []
    tests = [(str(test), results.state(str(test))) for test in named]
    tests += [(str(test), state) for test in also if (state := results.state(str(test))) != MISSING]
    more = {key: value for key, value in entry.items() if key not in ("id", "about", "says", "people", "tests", "also")}
    return Statement(
        id=str(entry["id"]),
        about=filled(entry["about"]),
        says=filled(entry["says"]),
        people=filled(entry.get("people")),
        more=more,
        tests=tuple(tests),
        needs_tests=bool(named or also),
    )


def _figure(entry: Mapping[str, Any], root: Path) -> tuple[str, str]:
    """What is measured, and the figure as docs/benchmarks.md gives it; '' when it does not stand there."""
    text = " ".join((root / "docs" / "benchmarks.md").read_text(encoding="utf-8").split())
    found = re.search(str(entry["find"]), text)
    return str(entry["what"]), found.group(1) if found else ""


def write_paper(root: Path, paper: Paper, facts: Mapping[str, Any], results: Results) -> Path:
    """Write the paper's page beside its file of statements; return where. The same inputs give the same bytes."""
    pages = Environment(loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    page = pages.get_template(f"{PAPERS[paper.name]}.j2").render(paper=paper, facts=facts, results=results, red=RED)
    path = root / FOLDER / f"{paper.name}.md"
    path.write_text(page.rstrip() + "\n", encoding="utf-8")
    return path
