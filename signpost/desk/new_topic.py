"""`make topic name=...`: a topic's file, its conversation test and its line in domain.yml, ready to be filled in."""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_REVIEW_DAYS = 180

_TOPIC = """# What belongs here: <one line; and which near topic lies in which other file>.
version: "3.1"
nlu:
- intent: {name}
  metadata: {{audience: young_person, urgency: practical}}
  examples: |
    - <what somebody types; at least 25 lines, each in other words>
responses:
  utter_{name}:
  - text: >-
      <One kind line. The fact in at most three short sentences. No phone number: the card shows it.>
    metadata:
      urgency: practical
      title: <its button, 32 letters at most>
      handoff: [childline, local-children-services]
      next: [how_to_tell_someone]
      facts: []
      reviewed: "{today}"
      review_by: "{due}"
rules:
- rule: When someone asks about {words}, <what the answer does>.
  steps:
  - intent: {name}
  - action: utter_{name}
"""

_TEST = """
- story: somebody asks about {words}
  steps:
  - user: <a sentence that is not among the examples>
    intent: {name}
  - action: utter_{name}
"""


def add_topic(root: Path, name: str, today: date) -> list[Path]:
    """Write the three places for topic `name` below `root` and return their paths. Raises ValueError for a bad or taken name."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no topic name: use small letters, digits and single underscores, as in gifts_money_vapes.")
    if taken := sorted(root.glob(f"data/*/{name}.yml")):
        raise ValueError(f"{taken[0]} exists already. Edit it, or choose another name.")
    topic = root / "data" / "topics" / f"{name}.yml"
    tests = root / "tests" / "conversations" / "test_added_topics.yml"
    domain = root / "domain.yml"
    words = name.replace("_", " ")
    text = domain.read_text(encoding="utf-8")
    if "\nintents:\n" not in text:
        raise ValueError("domain.yml has no 'intents:' section. Restore it from the last release.")
    domain.write_text(text.rstrip("\n") + f"\n- {name}\n", encoding="utf-8")
    due = today + timedelta(days=_REVIEW_DAYS)
    topic.write_text(_TOPIC.format(name=name, words=words, today=today, due=due), encoding="utf-8")
    head = tests.read_text(encoding="utf-8").rstrip("\n") + "\n" if tests.exists() else 'version: "3.1"\nstories:'
    tests.write_text(head + _TEST.format(name=name, words=words), encoding="utf-8")
    return [topic, tests, domain]


def main() -> int:
    """Add the topic named on the command line. Returns 1, saying why, when it cannot."""
    try:
        paths = add_topic(Path(), sys.argv[1] if len(sys.argv) > 1 else "", date.today())
    except ValueError as fault:
        print(f"{fault} Use: make topic name=gifts_money_vapes", file=sys.stderr)
        return 1
    print("Written: " + ", ".join(map(str, paths)) + ". Fill in the <...>, then: make coverage, make check, make train, make test.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
