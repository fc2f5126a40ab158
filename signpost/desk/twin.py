"""`make twin`: write the plain pages and the launcher to `build/twin/`, for any web server to hold ready."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path

from signpost.register.content import read_content
from signpost.register.content_file import ContentFault
from signpost.twin.pages import compile_twin
from signpost.web_chat.launcher import Launcher
from signpost.web_chat.page_headers import answer_headers


def write_twin(data: Path, out: Path, now: datetime) -> int:
    """Write the twin of `data` into `out` in place of what was there; return how many files.

    Raises ContentFault when a content file is wrong; what was there then stays, so that a web server still has its pages.
    """
    files = {f"answers/{name}": text for name, text in compile_twin(data, now).files.items()}
    content = read_content(data)
    files["embed/loader.js"] = Launcher(content, data).script(now)
    headers = answer_headers(content.council.links)
    files["headers.conf"] = "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())
    fresh, old = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_text(text, encoding="utf-8")
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    return len(files)


def main() -> int:
    """Write the twin of `data/`. Returns 0, or 1 with one line that says what is wrong."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--out", type=Path, default=Path("build/twin"))
    out = ask.parse_args().out
    try:
        count = write_twin(Path("data"), out, datetime.now(timezone.utc))
    except ContentFault as fault:
        print(fault, file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{out} cannot be written ({fault.strerror}). Name another folder with --out.", file=sys.stderr)
        return 1
    print(f"{count} files in {out}: open {out}/answers/index.html, or let a web server hold them (deploy/nginx/).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
