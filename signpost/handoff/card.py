"""The hand-off card: which people, in which order, reachable how at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from signpost.register.content import CHILDREN, URGENCIES, Content, Service

_MOST = 6  # services on one card
EMERGENCY = "emergency-999"
ELSEWHERE = "elsewhere"  # the area of a person who lives outside this council's
FALLBACK = "fallback"  # the topic on the card when no topic answered


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
        services = [dict(vars(line)) for line in self.services]
        return {"handoff": {"urgency": self.urgency, "audience": self.audience, "topic": self.topic, "services": services}}


def make_card(content: Content, handoff: Iterable[str], urgency: str, audience: str, topic: str, area: str, now: datetime) -> Card:
    """Return the card for an answer's `handoff` list (service ids and council roles) as it is true at the instant `now`.

    Services that are held back never stand on it; one past its review date gives way; a child never sees an adults-only line first, nor an
    adult a children's line; an emergency always shows 999; somebody on it is open now; it is never empty.
    """
    return _card_at(content, tuple(handoff), urgency, audience, topic, area, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)  # nothing on a card changes within a minute
def _card_at(content: Content, handoff: tuple[str, ...], urgency: str, audience: str, topic: str, area: str, minute: datetime) -> Card:
    routes = _routes(content, handoff, urgency, audience, area, minute)
    return Card(urgency, audience, topic, tuple(_line(content, service, minute) for service in routes))


def _routes(content: Content, handoff: Iterable[str], urgency: str, audience: str, area: str, now: datetime) -> list[Service]:
    services = _suited(content, handoff, audience, area, now)[:_MOST]
    somebody_open = any(not service.dials_999() and audience in service.suits and _is_open(content, service, now) for service in services)
    if not somebody_open and not (urgency == URGENCIES[0] and EMERGENCY in [service.id for service in services[:3]]):
        services = [*services[: _MOST - 1], _open_route(content, audience, area, now)]
    if audience in CHILDREN:
        services = _for_a_child(services)
    if urgency == URGENCIES[0] and EMERGENCY not in [service.id for service in services[:3]]:
        services.insert(0, content.services[EMERGENCY])
    return list({service.id: service for service in services}.values())[:_MOST]


def _suited(content: Content, handoff: Iterable[str], audience: str, area: str, now: datetime) -> list[Service]:
    """The services of `handoff`, led by the usual ones of this audience where none of them is for it."""
    services = _resolved(content, handoff, area, now)
    people = [service for service in services if service.id != EMERGENCY]
    if not any(audience in service.suits for service in people):
        usual = _resolved(content, content.card.default_routes[audience], area, now)
        services = [service for service in services if service.id == EMERGENCY] + usual + people
    return list({service.id: service for service in services}.values())


def closed_now(content: Content, handoff: Iterable[str], now: datetime) -> tuple[Line, ...]:
    """The lines of roles in `handoff` that a card leaves out at `now`, since the other one of the role is open: for paper, which stays."""
    chosen = {service.id for service in _resolved(content, handoff, "", now)}
    both = [name for route in handoff for name in content.council.roles.get(route, {}).values()]
    left_out = _resolved(content, [name for name in both if name not in chosen], "", now)
    return tuple(_line(content, service, now) for service in left_out if service.id not in chosen)


def _for_a_child(services: list[Service]) -> list[Service]:
    """The same with a line that a child may ring first; adults-only lines go where there is none."""
    people = [service for service in services if service.id != EMERGENCY]
    if not people or not is_for_adults_only(people[0]):
        return services
    first = next((service for service in people if not is_for_adults_only(service)), None)
    emergency = [service for service in services if service.id == EMERGENCY]
    return [*emergency, first, *(service for service in people if service is not first)] if first else emergency


def is_for_adults_only(service: Service) -> bool:
    """Whether the register names audiences for `service` and no child is among them."""
    return bool(service.suits) and not service.suits & CHILDREN


def _open_route(content: Content, audience: str, area: str, now: datetime) -> Service:
    """Somebody for this audience who is open now: in date where possible, else one whose review is overdue, at the very last 999."""
    usual = content.card.open_routes[audience]
    national = (service.id for service in content.services.values() if audience in service.suits and not service.dials_999())
    anybody = [name for name in national if name not in content.council.local_ids]
    for routes, overdue in ((usual, False), (anybody, False), (usual, True), (anybody, True)):
        for service in _resolved(content, routes, area, now, overdue):
            if _is_open(content, service, now):
                return service
    return content.services[EMERGENCY]


def _resolved(content: Content, handoff: Iterable[str], area: str, now: datetime, overdue: bool = False) -> list[Service]:
    """Roles as this council's services (the one that is open now), elsewhere as the nationwide finder; held ones left out.

    A service past its review date gives way to its replacement, or leaves; `overdue`: it stays when it has none.
    """
    day = content.council.calendar.local(now).date()
    found = []
    for route in handoff:
        choice = content.council.roles.get(route)
        if choice is not None and area == ELSEWHERE:
            route = "other-councils"
        elif choice is not None:
            route = choice["open"]
            if "closed" in choice and not _is_open(content, content.services[route], now):
                route = choice["closed"]
        if area == ELSEWHERE and route in content.council.local_ids:
            continue
        service = _in_date(content, content.services[route], day) or (content.services[route] if overdue else None)
        if service is not None and service.is_shown():
            found.append(service)
    return found


def _in_date(content: Content, service: Service, day: date) -> Service | None:
    """The service, or the first of its replacements that is not past its review date; None when there is none."""
    passed: set[str] = set()
    while is_overdue(service, day):
        passed.add(service.id)
        if not service.replacement or service.replacement in passed:
            return None
        service = content.services[service.replacement]
    return service


def is_overdue(service: Service, day: date) -> bool:
    """Whether nobody has checked the service when somebody should have. 999 is law and never lapses."""
    return service.review_by < day and not service.dials_999()


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
        note=note(content, service, is_overdue(service, content.council.calendar.local(now).date())),
    )


def note(content: Content, service: Service, overdue: bool) -> str:
    """The line's note; an overdue service says of itself that nobody has checked it lately."""
    return f"{service.words['note']} {content.card.words['overdue']}".strip() if overdue else service.words["note"]


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
