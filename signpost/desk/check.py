"""`make check`: every fault of the content that Rasa, an editor or a deadline lets pass. Each line names file, fault and mend."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from signpost.desk import coverage
from signpost.desk.checks import answers, page_words, patterns, rasa_lets_pass, register, who_asks, wording
from signpost.desk.checks.tree import Fault, Tree, read_tree
from signpost.register.content import read_content
from signpost.register.content_file import ContentFault
from signpost.understanding.courtesies import read_courtesies
from signpost.understanding.language_files import LanguageFault, read_languages
from signpost.understanding.pattern_finder import load_finder
from signpost.understanding.patterns import PatternFault
from signpost.understanding.place_names import read_places
from signpost.understanding.who_asks import read_ways_to_say

CHECKS = (
    *rasa_lets_pass.CHECKS,
    *answers.CHECKS,
    *wording.CHECKS,
    *register.CHECKS,
    *page_words.CHECKS,
    *patterns.CHECKS,
    *who_asks.CHECKS,
    *coverage.CHECKS,
)


def faults_of(tree: Tree) -> list[Fault]:
    """Run every check on `tree` and return what they found, in the order of the checks."""
    return [fault for check in CHECKS for fault in check(tree)]


def main() -> int:
    """Check the tree in the working folder. Returns 0 without faults, else 1."""
    root = Path()
    try:
        content = read_content(root / "data")
        load_finder(root / "data")
        read_languages(root / "data" / "languages")
        read_places(root / "data")
        read_ways_to_say(root / "data")
        read_courtesies(root / "data" / "courtesies.yml")
        tree = read_tree(root, content, date.today())
        faults = faults_of(tree)
    except (ContentFault, PatternFault, LanguageFault) as fault:  # of a file without which the rest cannot be judged
        print(fault, file=sys.stderr)
        return 1
    for found in faults:
        print(found, file=sys.stderr)
    shown = sum(service.is_shown() for service in content.services.values())
    print(
        f"{len(tree.topics)} topics, {sum(len(topic.examples) for topic in tree.topics)} examples, {len(tree.wordings)} answers, "
        f"{len(content.facts)} facts, {shown} of {len(content.services)} services shown: {len(faults)} faults in {len(CHECKS)} checks."
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
