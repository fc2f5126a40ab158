"""The hand-off card for a page that cannot know the time: everyone who would stand on it by day or by night, with their weekly hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from signpost.handoff.card import EMERGENCY, make_card
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


def day_and_night(calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """Noon of the next working day and the small hours of the next Sunday: between them every service of a role has its turn."""
    today = calendar.local(now).replace(minute=0, second=0, microsecond=0)
    noon, night = today.replace(hour=12), today.replace(hour=3)
    while noon.weekday() > _THURSDAY or calendar.is_bank_holiday(noon.date()):
        noon += timedelta(days=1)
    while night.weekday() != _SUNDAY:
        night += timedelta(days=1)
    return noon, night


def static_card(content: Content, cards: Iterable[Mapping[str, Any]]) -> list[StaticLine]:
    """Merge the `custom` objects of a card at several moments, in the order to try."""
    by_moment = [custom["handoff"]["services"] for custom in cards]
    services = [service for rank in zip_longest(*by_moment) for service in rank if service]
    lines = {}
    for service in services:
        words = content.services[service["id"]].words
        web = "" if service["id"] == EMERGENCY else service["web"]
        lines[service["id"]] = StaticLine(
            service["id"],
            service["name"],
            service["phone"],
            "" if service["text"] == service["phone"] else service["text"],
            web,
            "" if service["chat"] == web else service["chat"],
            service["note"],
            words["hours"],
        )
    return list(lines.values())


def usual_card(content: Content, audience: str, now: datetime, handoff: Iterable[str] = ()) -> list[StaticLine]:
    """The card of `handoff`, or of the usual routes of `audience`, for a page that is about no single answer. 999 stands first."""
    routes = (EMERGENCY, *(handoff or content.card.default_routes[audience]))
    moments = day_and_night(content.council.calendar, now)
    return static_card(content, (make_card(content, routes, "worried", audience, "fallback", "", at).as_custom() for at in moments))
