"""The hand-off card: which people, in which order, reachable how at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from signpost.register.content import CHILDREN, Content, Service

_MOST = 6  # services on one card: an emergency may list so many, any other answer has four at most by check
EMERGENCY = "emergency-999"
ELSEWHERE = "elsewhere"  # the area of a person who lives outside this council's


@dataclass(frozen=True)
class Line:
    """One service on the card. `open_now` is None where no opening hours are confirmed."""

    id: str
    name: str
    phone: str
    text: str
    web: str
    chat: str
    open_now: bool | None
    hours: str
    note: str


@dataclass(frozen=True)
class Card:
    """Who asks about what, how urgent it is, and the people to turn to in the order to try."""

    urgency: str
    audience: str
    topic: str
    services: tuple[Line, ...]

    def as_custom(self) -> dict[str, Any]:
        """Return the contract's `custom` object."""
        return {"handoff": asdict(self)}


def make_card(content: Content, handoff: Iterable[str], urgency: str, audience: str, topic: str, area: str, now: datetime) -> Card:
    """Return the card for an answer's `handoff` list (service ids and council roles) as it is true at the instant `now`.

    Services that are held back never stand on it; one past its review date gives way to its replacement; a child never sees an
    adults-only line first, nor an adult a children's line; an emergency always shows 999; it is never empty.
    """
    routes = _suited(content, list(handoff), urgency, audience, area, now)
    lines = tuple(_line(content, service, now) for service in routes[:_MOST])
    return Card(urgency, audience, topic, lines)


def _suited(content: Content, handoff: list[str], urgency: str, audience: str, area: str, now: datetime) -> list[Service]:
    services = _resolved(content, handoff, area, now)
    people = [service for service in services if service.id != EMERGENCY]
    if not any(audience in service.suits for service in people):
        usual = _resolved(content, content.card.default_routes[audience], area, now)
        services = [service for service in services if service.id == EMERGENCY] + usual + people
    elif audience in CHILDREN and people[0].suits and not people[0].suits & CHILDREN:
        first = next(service for service in people if audience in service.suits)
        services = [service for service in services if service.id == EMERGENCY] + [first] + people
    if urgency == "emergency" and EMERGENCY not in [service.id for service in services[:3]]:
        services.insert(0, content.services[EMERGENCY])
    return list({service.id: service for service in services}.values())


def _resolved(content: Content, handoff: Iterable[str], area: str, now: datetime) -> list[Service]:
    """Roles as this council's services (the one that is open now), elsewhere as the nationwide finder; held ones left out."""
    found = []
    for route in handoff:
        choice = content.council.roles.get(route)
        if choice is not None and area == ELSEWHERE:
            route = "other-councils"
        elif choice is not None:
            route = choice["open"]
            if "closed" in choice and not _is_open(content, content.services[route], now):
                route = choice["closed"]
        service: Service | None = content.services[route]
        if service is not None and service.replacement and service.review_by < content.council.calendar.local(now).date():
            service = content.services[service.replacement]
        if service is not None and service.is_shown():
            found.append(service)
    return found


def _is_open(content: Content, service: Service, now: datetime) -> bool | None:
    """Open now through any cleared channel with confirmed hours; None when no hours are confirmed."""
    known = [channel.hours for channel in service.shown_channels() if channel.hours]
    return any(hours.is_open(now, content.council.calendar) for hours in known) if known else None


def _line(content: Content, service: Service, now: datetime) -> Line:
    phone, text = service.first("phone"), service.first("text")
    web, chat = service.first("web", "form", "app"), service.first("chat")
    return Line(
        id=service.id,
        name=service.name,
        phone=phone.value if phone else "",
        text=text.value if text else "",
        web=web.value if web else "",
        chat=chat.value if chat else "",
        open_now=_is_open(content, service, now),
        hours=_hours(content, service, now),
        note=service.words["note"],
    )


def _hours(content: Content, service: Service, now: datetime) -> str:
    """What to say of the opening hours at this moment; empty where none are confirmed."""
    words, calendar = content.card.words, content.council.calendar
    contact = service.first("phone", "text", "chat", "form")
    if contact is None or contact.hours is None:
        return ""
    if contact.hours.always_open():
        return words["form_any_time"] if contact.kind == "form" else words["always_open"]
    if contact.hours.is_open(now, calendar):
        return words["open_now"]
    opening = contact.hours.next_opening(now, calendar)
    if opening is None:
        return ""
    time = f"{opening:%I.%M%p}".lstrip("0").lower().replace(".00", "")
    same_day = opening.date() == calendar.local(now).date()
    when = words["today"].format(time=time) if same_day else words["later"].format(day=f"{opening:%A}", time=time)
    return words["opens"].format(when=when)


def card_text(content: Content, card: Card) -> str:
    """The card in words, one service a line, for channels that show text only. No blank line: Rasa would split there."""
    words = content.card.words
    lines = [words["heading"]]
    for line in card.services:
        texted = words["text_to"].format(number=line.text) if line.text and line.text != line.phone else ""
        contact = [part for part in (line.phone and f"{line.phone}.", texted, line.note, line.hours) if part]
        site = urlsplit(line.web or line.chat)
        contact += [f"{site.netloc.removeprefix('www.')}{site.path.rstrip('/')}"] if site.netloc and line.id != EMERGENCY else []
        lines.append(f"- {line.name}: {' '.join(contact)}")
    if card.urgency == "emergency":
        lines.append(words["robot"])
    if card.urgency == "worried" and EMERGENCY not in [line.id for line in card.services]:
        lines.append(words["in_danger"])
    return "\n".join(lines)
