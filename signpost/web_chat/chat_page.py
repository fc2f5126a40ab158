"""What the chat page looks like: the page, one reply of it, its style sheet and its scripts, made from templates and reviewed words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signpost.handoff.card import EMERGENCY, closed_now, make_card
from signpost.handoff.guard import Messages
from signpost.register.content import Content
from signpost.web_chat.chat_words import read_chat_words

_PAGE = Path(__file__).parent / "page"


class ChatPage:
    """Writes pages and replies. Everything is escaped; nothing that a person typed goes in."""

    def __init__(self, content: Content, folder: Path) -> None:
        """`folder` holds page.yml. Raises ContentFault when that file is wrong."""
        self._content = content
        self._words = read_chat_words(folder)
        self._environment = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined)
        self._environment.globals.update(
            words=self._words.words,
            trouble=self._words.trouble,
            safe_word=self._words.safe_word,
            card_words=content.card.words,
            council=content.council,
            exit_to=str(content.council.links["exit_to"]),
            services=content.services,
            emergency=EMERGENCY,
        )
        style = self._environment.get_template("chat.css").render(colours=content.council.colours)
        self.files: Mapping[str, tuple[str, str]] = {
            "style.css": (style, "text/css; charset=utf-8"),
            **{path.name: (path.read_text(encoding="utf-8"), "text/javascript; charset=utf-8") for path in sorted(_PAGE.glob("*.js"))},
        }

    @property
    def safe_word(self) -> str:
        """The word that leaves the page when it is sent alone."""
        return self._words.safe_word

    def page(self, conversation: str, messages: Messages, audiences: list[dict[str, str]]) -> str:
        """Return the whole page that shows `messages`; `audiences` are the buttons that say who is asking."""
        return self._environment.get_template("chat.html").render(
            conversation=conversation, reply=_reply(messages), audiences=audiences, panel=self._panel(datetime.now(timezone.utc))
        )

    def reply(self, conversation: str, messages: Messages) -> str:
        """Return one reply as a piece of the page, for the script to put in."""
        return self._environment.get_template("reply.html").render(conversation=conversation, reply=_reply(messages))

    def _panel(self, now: datetime) -> list[dict[str, Any]]:
        """The people who can help whoever asks, in groups; made from the register alone, so that no model is needed."""
        groups: list[dict[str, Any]] = []
        seen: set[str] = set()
        for audience, title in self._words.panel:
            urgency = "information" if groups else "emergency"  # the first group leads with 999
            routes = self._content.card.default_routes[audience]
            card = make_card(self._content, routes, urgency, audience, "people", "", now)
            lines = [line for line in card.services if line.id not in seen]
            on_paper = [line for line in closed_now(self._content, routes, now) if line.id not in seen]
            seen |= {line.id for line in [*lines, *on_paper]}
            groups.append({"title": title, "services": lines, "on_paper": on_paper})
        return groups


def _reply(messages: Messages) -> dict[str, Any]:
    return {
        "text": "\n".join(message["text"] for message in messages if message.get("text")).partition("\n")[0],
        "card": next(message["custom"]["handoff"] for message in messages if message.get("custom")),
        "buttons": [button for message in messages for button in message.get("buttons") or []],
    }
