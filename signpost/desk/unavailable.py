"""What nginx sends when no worker answers: the safe card, as a reply of the REST contract and as a page. It is true when written, so
it is written again every few minutes: `python -m signpost.desk.unavailable FOLDER`.
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

_PAGE = Path(__file__).parent.parent / "web_chat" / "page"


def main() -> int:
    """Write both files into the folder that the command names."""
    if len(sys.argv) != 2:
        print("Name the folder: python -m signpost.desk.unavailable /etc/nginx/signpost", file=sys.stderr)
        return 2
    write(read_content(Path("data")), Path(sys.argv[1]), datetime.now(timezone.utc))
    return 0


def write(content: Content, folder: Path, now: datetime) -> None:
    """Write unavailable.json and unavailable.html as they are true at `now`; a reader sees the old file or the new one, never half."""
    messages = Guard(content, Answers({})).safe_card(now)
    page = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined).get_template("unavailable.html")
    html = page.render(
        answer=messages[0]["text"].partition("\n")[0],
        card=messages[1]["custom"]["handoff"],
        words=content.card.words,
        council=content.council,
    )
    for name, text in (("unavailable.json", json.dumps(messages, ensure_ascii=False)), ("unavailable.html", html)):
        new = folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        os.replace(new, folder / name)


if __name__ == "__main__":
    sys.exit(main())
