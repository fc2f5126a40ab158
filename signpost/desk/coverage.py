"""The table that proves coverage: topic by topic, where it is answered, for whom, how urgent, with which routes, how well tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from signpost.desk.checks.tree import Fault, Tree, read_tree
from signpost.register.content import read_content

LIST = Path("docs/topics.txt")  # the topics that people bring, one name a line; each must have a row
TABLE = Path("docs/coverage.md")
_HEAD = (
    "# Coverage\n\nWritten by `make coverage`; `make check` fails when it is stale or a topic of `docs/topics.txt` has no row.\n\n"
    "| Topic | File | Asked by | Wordings for | Urgency | Routes | Examples | Tests | Review by |\n|---|---|---|---|---|---|---|---|---|\n"
)


def table(tree: Tree) -> str:
    """Return the table as Markdown, one row a topic in the order of their names."""
    tests = conversation_tests(tree.root)
    rows = []
    for topic in sorted(tree.topics, key=lambda entry: entry.name):
        wordings = [wording for wording in tree.wordings if wording.topic == topic.name]
        default = next((wording for wording in wordings if wording.audience is None), None)
        routes = ", ".join((default.metadata.get("handoff") if default else None) or [])
        due = min((str(wording.metadata.get("review_by")) for wording in wordings), default="")
        audiences = ", ".join(dict.fromkeys(wording.audience or "everybody" for wording in wordings))
        about = topic.metadata
        rows.append(
            f"| {topic.name} | {topic.file} | {about.get('audience')} | {audiences} | {about.get('urgency')} | {routes} "
            f"| {len(topic.examples)} | {tests[topic.name]} | {due} |"
        )
    return _HEAD + "\n".join(rows) + "\n"


def conversation_tests(root: Path) -> Counter[str]:
    """How many conversation tests lead to each topic's answer."""
    found: Counter[str] = Counter()
    for path in sorted((root / "tests" / "conversations").glob("test_*.yml")):
        for story in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("stories") or []:
            found.update({str(step.get("action", "")).removeprefix("utter_") for step in story.get("steps") or []} - {""})
    return found


def every_topic_answered(tree: Tree) -> Iterator[Fault]:
    """Every topic of the list has a row, and docs/coverage.md is the table of today's files."""
    names = {topic.name for topic in tree.topics}
    for line in (tree.root / LIST).read_text(encoding="utf-8").split():
        if line not in names:
            yield Fault(str(LIST), f"the topic {line} has no file in data/", "write it; see docs/tasks/add_a_topic.md")
    path = tree.root / TABLE
    if not path.is_file() or path.read_text(encoding="utf-8") != table(tree):
        yield Fault(str(TABLE), "is not the table of today's files", "run make coverage")


CHECKS = (every_topic_answered,)


def main() -> None:
    """Write docs/coverage.md."""
    tree = read_tree(Path(), read_content(Path("data")), date.today())
    TABLE.write_text(table(tree), encoding="utf-8")
    print(f"{TABLE}: {len(tree.topics)} topics.")


if __name__ == "__main__":
    main()
