"""The hand-off card for a page that cannot know the time: everyone who would stand on it by day or by night, with their weekly hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from urllib.parse import urlsplit

from signpost.handoff.card import EMERGENCY, Line, make_card
from signpost.register.content import Content
from signpost.register.opening_hours import Calendar

_THURSDAY, _SUNDAY = 3, 6


@dataclass(frozen=True)
class StaticLine:
    """One service as it can be printed: what the card says of it, and its weekly hours in words."""

    id: str
    name: str
    phone: str
    text: str
    web: str
    chat: str
    note: str
    hours: str

    @property
    def site(self) -> str:
        """The web address for paper: the site alone where there is a number to ring, else in full; empty without one."""
        address = urlsplit(self.web or self.chat)
        path = "" if self.phone or self.text else address.path.rstrip("/")
        return f"{address.netloc.removeprefix('www.')}{path}"


def moments(calendar: Calendar, now: datetime) -> tuple[datetime, ...]:
    """Moments of the week ahead between which everyone on a card has a turn: a working day at noon and in the evening, the weekend."""
    today = calendar.local(now).replace(minute=0, second=0, microsecond=0)
    working, sunday = today, today
    while working.weekday() > _THURSDAY or calendar.is_bank_holiday(working.date()):
        working += timedelta(days=1)
    while sunday.weekday() != _SUNDAY:
        sunday += timedelta(days=1)
    return working.replace(hour=12), sunday.replace(hour=3), working.replace(hour=19), sunday.replace(hour=12)


def static_card(content: Content, handoff: Iterable[str], urgency: str, audience: str, topic: str, now: datetime) -> list[StaticLine]:
    """Everyone who stands on the chat's card for `handoff` at one of the moments, in the order to try."""
    routes = tuple(handoff)
    cards = [make_card(content, routes, urgency, audience, topic, "", at).services for at in moments(content.council.calendar, now)]
    lines: dict[str, StaticLine] = {}
    for rank in zip_longest(*cards):
        for line in rank:
            if line is not None and line.id not in lines:
                lines[line.id] = _static(content, line)
    return list(lines.values())


def _static(content: Content, line: Line) -> StaticLine:
    web = "" if line.id == EMERGENCY else line.web
    text = "" if line.text == line.phone else line.text
    chat = "" if line.chat == web else line.chat
    return StaticLine(line.id, line.name, line.phone, text, web, chat, line.note, content.services[line.id].words["hours"])


def usual_card(content: Content, audience: str, now: datetime, handoff: Iterable[str] = ()) -> list[StaticLine]:
    """The card of `handoff`, or of the usual routes of `audience`, for a page that is about no single answer. 999 stands first."""
    routes = (EMERGENCY, *(handoff or content.card.default_routes[audience]))
    return static_card(content, routes, "worried", audience, "fallback", now)
