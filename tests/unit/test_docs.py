"""What README and docs name exists, and what they say of the files is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

TASKS = ROOT / "docs" / "tasks"
PAGES = [ROOT / "README.md", *sorted(TASKS.glob("*.md")), *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
# These change what docs/coverage.md counts, and `make check` refuses a table that is not of today.
COUNTED = ["add_a_topic", "add_a_training_story", "change_an_answer", "hear_who_asks", "retire_a_topic", "review_content"]


def quoted_in(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_path_and_command_exists(page: Path) -> None:
    for quoted in quoted_in(page.read_text(encoding="utf-8")):
        if re.fullmatch(r"(?:data|signpost|tests|docs|actions)/[\w./-]*", quoted) and "lost_phone_worry" not in quoted:
            assert (ROOT / quoted).exists(), quoted
        if quoted.startswith("make "):
            assert quoted.split()[1] in TARGETS, quoted


@pytest.mark.parametrize("name", COUNTED)
def test_the_table_is_written_anew_before_it_is_checked(name: str) -> None:
    commands = [quoted for quoted in quoted_in((TASKS / f"{name}.md").read_text(encoding="utf-8")) if quoted.startswith("make ")]
    assert "make coverage" in commands[: commands.index("make check")]


def test_whoever_adds_a_topic_is_told_commands_that_pass(tmp_path: Path) -> None:
    (tmp_path / "data" / "topics").mkdir(parents=True)
    (tmp_path / "tests" / "conversations").mkdir(parents=True)
    (tmp_path / "domain.yml").write_text("version: '3.1'\nintents:\n- greet\n", encoding="utf-8")
    command = [sys.executable, "-m", "signpost.desk.new_topic", "lost_phone"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert re.findall(r"make (\w+)", done.stdout) == ["coverage", "check", "train", "test"]


@pytest.mark.parametrize("page", sorted(TASKS.glob("*.md")), ids=[page.name for page in sorted(TASKS.glob("*.md"))])
def test_no_training_is_promised_for_a_file_that_the_model_is_made_from(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made_from = re.findall(r"data/[\w*/]+\.yml", next(line for line in MAKEFILE.splitlines() if line.startswith("MADE_FROM")))
    assert made_from, "the Makefile names them in another way: mend this test"
    if "No training is needed" in text:
        for quoted in quoted_in(text):
            assert not any(Path(quoted).match(pattern) for pattern in made_from), quoted


def test_the_page_on_another_council_names_every_topic_that_rests_on_its_facts() -> None:
    named = set(quoted_in((TASKS / "swap_the_council.md").read_text(encoding="utf-8")))
    facts = set(yaml.safe_load((ROOT / "data" / "facts.yml").read_text(encoding="utf-8"))["facts"])
    topics: dict[str, set[str]] = {}  # topic -> facts that its answers rest on
    for path in sorted((ROOT / "data").glob("*/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
        for name, wordings in (content.get("responses") or {}).items():
            cited = {fact for wording in wordings for fact in (wording.get("metadata") or {}).get("facts") or []}
            topics[name.removeprefix("utter_")] = cited
    names = {quoted for quoted in named if re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+", quoted)}
    assert names <= facts | set(topics), "the page names what is gone"
    assert len(names & facts) > 20
    assert {topic for topic, cited in topics.items() if cited & names} <= names
