"""The assurance pack: a hazard is controlled by green tests and by nothing else, and the papers say what the code says."""

from __future__ import annotations

import inspect
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from signpost.desk.assurance.facts import read_facts
from signpost.desk.assurance.papers import FOLDER, PAPERS, PaperFault, read_paper, write_paper
from signpost.desk.assurance.results import PATHS, NoResults, Outcome, Results, parse, read_results
from signpost.web_chat.answered import Answered
from signpost.web_chat.rate_limit import RateLimit
from tests.conftest import MODEL, ROOT

JUNIT = b"""<testsuites><testsuite name="pytest">
<testcase classname="tests.unit.test_a" name="test_good[1]"/><testcase classname="tests.unit.test_a" name="test_good[2]"/>
<testcase classname="tests.unit.test_a" name="test_bad[1]"/><testcase classname="tests.unit.test_a" name="test_bad[2]"><failure/></testcase>
<testcase classname="tests.unit.test_b" name="test_left_out"><skipped/></testcase>
<testcase classname="tests.browser.test_c" name="test_axe"><properties><property name="axe" value="0 findings"/></properties></testcase>
</testsuite></testsuites>"""


def named(kinds: tuple[str, ...] = ("tests",)) -> set[str]:
    names: set[str] = set()
    for paper in PAPERS:
        content = yaml.safe_load((ROOT / FOLDER / f"{paper}.yml").read_text(encoding="utf-8"))
        names |= {test for entry in content["statements"] for kind in kinds for test in entry.get(kind) or []}
    return names


def functions(path: Path) -> list[str]:
    return re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.M)


def all_green() -> dict[str, Outcome]:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return {f"{file.relative_to(ROOT)}::{name}": Outcome(1, 0) for file in files for name in functions(file)}


GREEN = Results(all_green())
FACTS: dict[str, Any] = read_facts(ROOT, GREEN)
HAZARDS = yaml.safe_load((ROOT / FOLDER / "hazards.yml").read_text(encoding="utf-8"))["statements"]


def test_results_are_read_test_by_test() -> None:
    results = parse(JUNIT)
    assert results.state("tests/unit/test_a.py::test_good") == "green"
    assert results.state("tests/unit/test_a.py::test_bad") == "red"
    assert results.state("tests/unit/test_a.py") == "red"
    assert results.state("tests/unit/test_b.py") == "red", "a test that was left out bears nothing out"
    assert results.state("tests/browser") == "green"
    assert results.state("tests/unit/test_a.py::test_goo") == "missing"
    assert (results.cases, results.bad) == (6, 2)
    assert results.tests["tests/browser/test_c.py::test_axe"].properties == (("axe", "0 findings"),)


def test_every_test_that_a_paper_names_exists() -> None:
    missing = {name for name in named() if GREEN.state(name) == "missing"}
    assert not missing, "mend the names in docs/assurance/*.yml"


def test_with_every_test_green_nothing_is_uncontrolled() -> None:
    for name in PAPERS:
        assert list(read_paper(ROOT, name, FACTS, GREEN).faults()) == []


@pytest.mark.parametrize("change", ["red", "missing"])
@pytest.mark.parametrize("hazard", HAZARDS, ids=[hazard["id"] for hazard in HAZARDS])
def test_a_red_or_missing_test_makes_its_hazard_uncontrolled(hazard: dict[str, Any], change: str) -> None:
    for test in hazard["tests"]:
        tests = all_green()
        for one in GREEN.matching(test):
            tests.pop(one)
            if change == "red":
                tests[one] = Outcome(2, 1)
        paper = read_paper(ROOT, "hazards", FACTS, Results(tests))
        found = next(statement for statement in paper.statements if statement.id == hazard["id"])
        assert not found.controlled
        assert any(f" {hazard['id']} is uncontrolled" in fault and test in fault for fault in paper.faults())


def test_the_hazard_log_has_every_hazard_of_the_start() -> None:
    assert [hazard["id"] for hazard in HAZARDS][:23] == [f"H{number}" for number in range(1, 24)]
    code = yaml.safe_load((ROOT / FOLDER / "childrens_code.yml").read_text(encoding="utf-8"))["statements"]
    assert len(code) == 15


def says(paper: str, statement: str) -> str:
    return next(each.says for each in read_paper(ROOT, paper, FACTS, GREEN).statements if each.id == statement)


def test_the_papers_admit_numbers_that_nobody_dialled() -> None:
    registers = [yaml.safe_load((ROOT / "data" / name).read_text(encoding="utf-8")) for name in ("helplines.yml", "council.yml")]
    undialled = ["not yet dialled" in service["checked_by"] for register in registers for service in register["services"]]
    admitted = [
        bool(re.search(r"no number has been dialled", says(*where), re.I)) for where in (("transparency", "2.2"), ("hazards", "H3"))
    ]
    assert admitted == [all(undialled)] * 2, "say how many numbers a person has dialled"


def test_the_papers_admit_words_that_no_speaker_confirmed() -> None:
    files = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "data" / "languages").glob("*.yml"))]
    assert sum("status: needs_check" in text for text in files) == 10, "the papers below say ten: say how many are left"
    for paper, statement in (("hazards", "H2"), ("hazards", "H19"), ("transparency", "2.2"), ("accessibility", "5"), ("dpia", "6")):
        assert re.search("no speaker has confirmed", says(paper, statement)), f"{paper}.yml: {statement}"


def test_the_hazard_of_false_alarms_names_each_ceiling_of_the_gate() -> None:
    gates = yaml.safe_load((ROOT / "tests" / "messages" / "gates.yml").read_text(encoding="utf-8"))
    ceilings = {
        f"{gate['at_most']:.0%}".replace("%", " %") for gate in gates.values() if gate.get("urgency") == ["emergency"] and "at_most" in gate
    }
    assert set(re.findall(r"\d+ %", says("hazards", "H11"))) == ceilings


def test_the_privacy_paper_says_how_long_a_reply_and_an_address_are_kept() -> None:
    kept = says("dpia", "2")
    assert inspect.signature(Answered.__init__).parameters["seconds"].default == 120
    assert "for two minutes" in kept
    now = [0.0]
    limit = RateLimit(clock=lambda: now[0])
    for now[0], address in ((0.0, "192.0.2.1"), (299.0, "192.0.2.2")):
        limit.allows(address)
    assert len(limit) == 2
    now[0] = 301.0
    limit.allows("192.0.2.3")
    assert len(limit) == 1
    assert "for five minutes" in kept


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER)
    shutil.copy(ROOT / "docs" / "benchmarks.md", tmp_path / "docs" / "benchmarks.md")
    return tmp_path


def test_the_same_inputs_give_the_same_pages(tree: Path) -> None:
    for name in PAPERS:
        paper = read_paper(tree, name, FACTS, GREEN)
        page = write_paper(tree, paper, FACTS, GREEN).read_bytes()
        assert write_paper(tree, paper, FACTS, GREEN).read_bytes() == page
        assert all(statement.about in page.decode() for statement in paper.statements)


def test_a_figure_that_is_gone_is_a_fault(tree: Path) -> None:
    (tree / "docs" / "benchmarks.md").write_text("nothing\n", encoding="utf-8")
    assert all("benchmarks.md" in fault for fault in read_paper(tree, "benchmark_card", FACTS, GREEN).faults())
    assert list(read_paper(tree, "benchmark_card", FACTS, GREEN).faults())


@pytest.mark.parametrize("text", ["a: [", "title: x\n", "title: x\nintro: '{{ nothing_of_that_name }}'\n", "[]"])
def test_a_broken_paper_is_named(tree: Path, text: str) -> None:
    (tree / FOLDER / "dpia.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PaperFault, match=r"dpia\.yml"):
        read_paper(tree, "dpia", FACTS, GREEN)


def test_results_that_are_missing_old_or_damaged_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.yml").write_text("a: 1\n", encoding="utf-8")
    with pytest.raises(NoResults, match="missing"):
        read_results(tmp_path)
    path, alone = (tmp_path / each for each in PATHS)
    path.parent.mkdir()
    path.write_bytes(JUNIT)
    with pytest.raises(NoResults, match=r"alone\.xml is missing"):
        read_results(tmp_path)
    alone.write_bytes(JUNIT.replace(b"test_good", b"test_another"))
    os.utime(tmp_path / "data" / "x.yml", (1, 1))
    both = read_results(tmp_path)
    assert (both.state("tests/unit/test_a.py::test_good"), both.state("tests/unit/test_a.py::test_another")) == ("green", "green")
    path.write_bytes(b"<")
    with pytest.raises(NoResults, match="damaged"):
        read_results(tmp_path)
    os.utime(path, (0, 0))
    with pytest.raises(NoResults, match=r"older than data/x\.yml"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    "file",
    [
        *("signpost/web_chat/page/chat.js", "signpost/web_chat/launcher/loader.js", "signpost/twin/page/base.html"),
        *("data/card.yml", "signpost/handoff/card.py"),
        *("tests/conftest.py", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml", str(MODEL.relative_to(ROOT))),
    ],
)
def test_results_older_than_anything_that_was_tested_are_not_used(tmp_path: Path, file: str) -> None:
    assert (ROOT / file).is_file()
    for path in (*PATHS, Path(file), Path("signpost/__pycache__/card.pyc")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(JUNIT)
    for path in (*PATHS, Path(file)):
        os.utime(tmp_path / path, (1, 1))
    assert read_results(tmp_path).state("tests/unit/test_a.py::test_good") == "green"
    os.utime(tmp_path / file, (2, 2))
    with pytest.raises(NoResults, match=f"older than {re.escape(file)}"):
        read_results(tmp_path)
