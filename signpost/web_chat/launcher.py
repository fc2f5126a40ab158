"""Writes the loader: its script with the launcher's words, the council's colour and the people who can help put in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signpost.register.content import Content
from signpost.register.content_file import ContentFault, read_yaml
from signpost.twin.static_card import usual_card

_FILES = Path(__file__).parent / "launcher"
_WORDS = ("launcher", "panel", "close", "exit", "waiting", "down", "again", "pages", "safety")


class Launcher:
    """The loader of one council."""

    def __init__(self, content: Content, folder: Path) -> None:
        """Read `folder`/embed.yml. Raises ContentFault that says what is missing."""
        self._content = content
        self._words = _read_words(folder / "embed.yml")
        # It writes a script, where every value goes in as JSON: escaping for HTML would spoil that.
        jinja = Environment(loader=FileSystemLoader(_FILES), undefined=StrictUndefined, autoescape=False)  # noqa: S701
        self._script = jinja.get_template("loader.js")
        self._written: tuple[date, str] | None = None  # every page view of the council's site asks for it
        self._style = jinja.get_template("launcher.css")

    def script(self, now: datetime) -> str:
        """Return loader.js with the people who can help as the register has them on the day of `now`."""
        day = self._content.council.calendar.local(now).date()
        if self._written is None or self._written[0] != day:
            self._written = (day, self._write(now))
        return self._written[1]

    def _write(self, now: datetime) -> str:
        lines = usual_card(self._content, "unknown", now)
        people = [
            {"name": line.name, "phone": line.phone, "text": line.text, "note": f"{line.note} {line.hours}".strip()} for line in lines
        ]
        style = "".join(line.strip() for line in self._style.render(colours=self._content.council.colours).splitlines())
        return self._script.render(
            words=self._words,
            people=people,
            people_heading=self._content.card.words["heading"],
            text_to=self._content.card.words["text_to"],
            leave_to=self._content.council.links["exit_to"],
            style=style,
        )


def _read_words(path: Path) -> Mapping[str, str]:
    content = read_yaml(path)
    try:
        words = content["words"]
        return {name: str(words[name]) for name in _WORDS}
    except (KeyError, TypeError) as fault:
        raise ContentFault(f"{path}: the words of the launcher lack {fault}. Add it as the last release has it.") from fault
