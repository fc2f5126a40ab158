"""What nginx sends when no worker answers: the safe card, as a reply of the REST contract and as a page, and the launcher for council
pages. It is true when written, so it is written again every few minutes: `python -m signpost.desk.unavailable FOLDER`.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signpost.handoff.answers import Answers
from signpost.handoff.guard import Guard
from signpost.register.content import Content, read_content
from signpost.web_chat.launcher import Launcher

_DATA = Path("data")
_PAGE = Path(__file__).parent.parent / "web_chat" / "page"


def main() -> int:
    """Write the files into the folder that the command names."""
    if len(sys.argv) != 2:
        print("Name the folder: python -m signpost.desk.unavailable /etc/nginx/signpost", file=sys.stderr)
        return 2
    write(read_content(_DATA), Path(sys.argv[1]), datetime.now(timezone.utc))
    return 0


def write(content: Content, folder: Path, now: datetime) -> None:
    """Write unavailable.json, unavailable.html and loader.js as they are true at `now`.

    A reader sees the old file or the new one, never half. Raises ContentFault when the launcher's words are wrong, OSError.
    """
    messages = Guard(content, Answers({})).safe_card(now)
    page = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined).get_template("unavailable.html")
    html = page.render(
        answer=messages[0]["text"].partition("\n")[0],
        card=messages[1]["custom"]["handoff"],
        words=content.card.words,
        council=content.council,
    )
    files = {
        "unavailable.json": json.dumps(messages, ensure_ascii=False),
        "unavailable.html": html,
        "loader.js": Launcher(content, _DATA).script(now),
    }
    for name, text in files.items():
        new = folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        os.replace(new, folder / name)


if __name__ == "__main__":
    sys.exit(main())
