"""`make bench-speed`: measure, then write docs/benchmarks-speed.md and its pictures. Stopped, it goes on where it was."""

from __future__ import annotations

import argparse
import sys

from benchmarks.speed.report import write_report
from benchmarks.speed.steps import FULL, QUICK, run, steps


def main() -> int:
    """Run the steps that are asked for (all by default) and write the report from all that have been measured."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--quick", action="store_true", help="50 topics and short runs instead of 200 and long ones")
    ask.add_argument("--fresh", action="store_true", help="measure again what has been measured before")
    ask.add_argument("--only", nargs="*", default=[], help="names of steps, or the beginning of names")
    args = ask.parse_args()
    size = QUICK if args.quick else FULL
    names = [name for name in steps(size) if not args.only or name.startswith(tuple(args.only))]
    run(names, size, args.fresh)
    print(f"Written: {write_report()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
