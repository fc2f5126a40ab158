"""`make assurance`: write the assurance pack; fail when a hazard is uncontrolled, a test is red or the certificate is of other content."""

from __future__ import annotations

import sys
from pathlib import Path

from signpost.desk.assurance.facts import read_facts
from signpost.desk.assurance.papers import PAPERS, PaperFault, read_paper, write_paper
from signpost.desk.assurance.results import NoResults, read_results
from signpost.desk.prove.certificate import fault_of
from signpost.register.content_file import ContentFault


def main() -> int:
    """Write every paper of the tree in the working folder. Returns 0 when everything is borne out, else 1."""
    root = Path()
    try:
        results = read_results(root)
        facts = read_facts(root, results)
        papers = [read_paper(root, name, facts, results) for name in PAPERS]
    except (NoResults, PaperFault, ContentFault, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    stale = fault_of(root)
    faults = [stale] if stale else []
    if results.bad:
        faults.append(f"{results.bad} of {results.cases} test cases failed or did not run. Run make test and mend them.")
    for paper in papers:
        faults += paper.faults()
        print(f"Written: {write_paper(root, paper, facts, results)}")
    for line in faults:
        print(line, file=sys.stderr)
    hazards = papers[0].statements
    controlled = sum(hazard.controlled for hazard in hazards)
    print(f"{controlled} of {len(hazards)} hazards controlled, {results.cases} test cases, {len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
