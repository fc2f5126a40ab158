"""`make review`: what is overdue or due within 60 days, and who must look at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from signpost.desk.checks import page_words
from signpost.desk.checks.tree import Tree, read_tree
from signpost.register.content import read_content
from signpost.register.content_file import ContentFault

DAYS_AHEAD = 60

_OPERATOR, _DIALLER, _LEAD, _SPEAKER = "content operator", "a person who rings or visits it", "safeguarding lead", "a speaker"


def due(tree: Tree, until: date) -> Iterator[tuple[str, str, str, str]]:
    """Yield date, what, where and who for every answer, fact and service that is due by `until`, or not yet cleared by a person."""
    for wording in tree.wordings:
        day = str(wording.metadata.get("review_by") or "")
        if day <= until.isoformat():
            yield day, f"answer {wording.name} ({wording.audience or 'default'})", wording.file, _OPERATOR
    for file in dict.fromkeys(wording.file for wording in tree.wordings if wording.metadata.get("status") == "needs_check"):
        yield "now", "words in this language wait for a speaker to confirm them", file, _SPEAKER
    for fact in tree.content.facts.values():
        changes = [start for _, start, _ in fact.says if tree.today < start <= until]
        if fact.status == "needs_check":
            yield "now", f"fact {fact.id} is kept out of answers until a person clears it", "data/facts.yml", _LEAD
        elif fact.review_by <= until:
            yield fact.review_by.isoformat(), f"fact {fact.id}", "data/facts.yml", _LEAD
        for start in changes:
            yield start.isoformat(), f"fact {fact.id} changes its wording", "data/facts.yml", _LEAD
    for file, day in page_words.review_dates(tree):
        if day <= until.isoformat():
            yield day, "the words of the pages", file, _OPERATOR
    for service in tree.content.services.values():
        where = "data/council.yml" if service.id in tree.content.council.local_ids else "data/helplines.yml"
        if service.is_shown() and service.review_by <= until:
            yield service.review_by.isoformat(), f"service {service.id}", where, _DIALLER
        if service.publish == "held":
            yield "now", f"service {service.id} is held back until a person has confirmed it", where, _DIALLER


def main() -> int:
    """Print the list, most urgent first. Returns 1 when something is overdue."""
    try:
        tree = read_tree(Path(), read_content(Path("data")), date.today())
    except ContentFault as fault:
        print(fault, file=sys.stderr)
        return 1
    today = tree.today.isoformat()
    entries = sorted(due(tree, tree.today + timedelta(days=DAYS_AHEAD)))
    for day, what, where, who in entries:
        print(f"{'OVERDUE' if day < today else '       '} {day:<10}  {what}  ({where}; {who})")
    print(f"{len(entries)} entries due within {DAYS_AHEAD} days or waiting for a person.")
    return 1 if any(day < today for day, *_ in entries) else 0


if __name__ == "__main__":
    sys.exit(main())
