"""The register of services, the council's own file and the facts: read once, checked at the door, then plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from signpost.register.content_file import ContentFault, day_of, entries_of, read_yaml
from signpost.register.opening_hours import Calendar, Hours, read_hours

AUDIENCES = ("young_person", "friend", "parent", "professional", "survivor", "own_behaviour", "operator", "unknown")
URGENCIES = ("emergency", "worried", "practical", "information")  # most urgent first
CHILDREN = frozenset({"young_person", "friend", "unknown"})  # who may be a child: an adults-only line never comes first
EMERGENCY_CALLS = frozenset({"emergency-999", "silent-999", "emergency-sms", "bsl-999"})  # ids of the ways to call 999

_KINDS = ("phone", "text", "textphone", "web", "chat", "email", "form", "app")
_SHOWN = ("number_ok", "number_ok_hours_blank", "link_only")
_HELD = ("held", "do_not_publish")
_WORDS = ("note", "cost", "bill", "what_happens", "told", "write", "hours")


@dataclass(frozen=True)
class Channel:
    """One way to reach a service: its kind, the number or https address, when it is open (None: not confirmed) and what it costs."""

    kind: str
    value: str
    hours: Hours | None
    cost: str
    shows_on_bill: str


@dataclass(frozen=True)
class Service:
    """One service of the register, cleared to be shown or held back."""

    id: str
    name: str
    publish: str
    suits: frozenset[str]
    channels: tuple[Channel, ...]
    access: str
    languages: str
    aliases: tuple[str, ...]
    words: Mapping[str, str]
    replacement: str | None
    review_by: date
    status: str

    def is_shown(self) -> bool:
        """Whether people may see this service at all."""
        return self.publish in _SHOWN and self.status == "cleared"

    def shown_channels(self) -> tuple[Channel, ...]:
        """The cleared channels, numbers left out where only the link is cleared."""
        if self.publish == "link_only":
            return tuple(channel for channel in self.channels if channel.kind in ("web", "chat", "form", "app"))
        return self.channels

    def dials_999(self) -> bool:
        """Whether this is the emergency call, by voice, text or sign: for danger now and nothing else."""
        return self.id in EMERGENCY_CALLS

    def first(self, *kinds: str) -> Channel | None:
        """The first cleared channel of one of these kinds, or None."""
        return next((channel for channel in self.shown_channels() if channel.kind in kinds), None)


@dataclass(frozen=True)
class Fact:
    """One checkable statement; which wording is true depends on the day."""

    id: str
    says: tuple[tuple[str, date, date], ...]
    status: str
    review_by: date
    source: str

    def text_on(self, day: date) -> str | None:
        """The wording that holds on `day`; None when none does or the fact is not cleared."""
        if self.status != "checked":
            return None
        return next((text for text, start, end in reversed(self.says) if start <= day <= end), None)


@dataclass(frozen=True)
class Council:
    """What belongs to one council."""

    words: Mapping[str, str]
    roles: Mapping[str, Mapping[str, str]]
    links: Mapping[str, Any]
    colours: Mapping[str, str]
    calendar: Calendar
    never_publish: tuple[str, ...]
    local_ids: frozenset[str]
    places: tuple[str, ...] = ()  # in its area
    neighbours: tuple[str, ...] = ()  # close by, with services of their own


@dataclass(frozen=True)
class CardWords:
    """The words around the card, from `data/card.yml`."""

    words: Mapping[str, str]
    default_routes: Mapping[str, tuple[str, ...]]
    open_routes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Content:
    """Everything a reply is made of besides the answers themselves. Equal to itself only, so that cards can be remembered by it."""

    services: Mapping[str, Service]
    retired_numbers: tuple[str, ...]
    facts: Mapping[str, Fact]
    council: Council
    card: CardWords


def read_content(folder: Path) -> Content:
    """Read helplines.yml, council.yml, facts.yml and card.yml of `folder` (`data/`).

    Raises ContentFault, naming file, fault and mend, when one is missing or wrong.
    """
    register = read_yaml(folder / "helplines.yml")
    council = read_yaml(folder / "council.yml")
    national = [_service(entry, folder / "helplines.yml") for entry in entries_of(register, "services", folder / "helplines.yml")]
    local = [_service(entry, folder / "council.yml") for entry in entries_of(council, "services", folder / "council.yml")]
    services: dict[str, Service] = {}
    for service in national + local:
        if service.id in services:
            raise ContentFault(f"data/: the service '{service.id}' stands twice in helplines.yml and council.yml. Keep one.")
        services[service.id] = service
    content = Content(
        services=services,
        retired_numbers=tuple(str(number) for number in register.get("retired_numbers") or ()),
        facts=_facts(folder / "facts.yml"),
        council=_council(council, folder / "council.yml", frozenset(service.id for service in local)),
        card=_card(folder / "card.yml"),
    )
    _check_links(content, folder)
    return content


def _check_links(content: Content, folder: Path) -> None:
    for role, choice in content.council.roles.items():
        for service_id in choice.values():
            if service_id not in content.services:
                raise ContentFault(
                    f"{folder / 'council.yml'}: role '{role}' names the service '{service_id}', which is not in the register."
                )
    for service in content.services.values():
        if service.replacement and service.replacement not in content.services:
            raise ContentFault(f"data/: '{service.id}' is to be replaced by '{service.replacement}', which is not in the register.")
    for key, by_audience in (("default_routes", content.card.default_routes), ("open_routes", content.card.open_routes)):
        for audience, routes in by_audience.items():
            for route in routes:
                if route not in content.services and route not in content.council.roles:
                    raise ContentFault(f"{folder / 'card.yml'}: {key} of {audience} name '{route}', which is no service and no role.")
        missing = set(AUDIENCES) - set(by_audience)
        if missing:
            raise ContentFault(f"{folder / 'card.yml'}: {key} lack {', '.join(sorted(missing))}. Add a list of services for each.")
    emergency = content.services.get("emergency-999")
    if emergency is None or not emergency.is_shown():
        raise ContentFault(f"{folder / 'helplines.yml'}: 'emergency-999' is missing or held back. Every emergency shows it: restore it.")


def _service(entry: dict[str, Any], path: Path) -> Service:
    name = str(entry.get("id") or "?")
    where = f"{path}: {name}"
    for key in ("id", "name", "publish", "review_by", "status", "words", "channels"):
        if entry.get(key) is None:
            raise ContentFault(f"{where}: '{key}' is missing. Add it.")
    if entry["publish"] not in _SHOWN + _HELD:
        raise ContentFault(f"{where}: publish is '{entry['publish']}'; use one of {', '.join(_SHOWN + _HELD)}.")
    suits = frozenset(entry.get("for") or ())
    if unknown := suits - set(AUDIENCES):
        raise ContentFault(f"{where}: 'for' names {', '.join(sorted(unknown))}; use {', '.join(AUDIENCES)}.")
    words = {key: str(entry["words"].get(key) or "") for key in _WORDS}
    return Service(
        id=name,
        name=str(entry["name"]),
        publish=entry["publish"],
        suits=suits,
        channels=tuple(_channel(channel, where) for channel in entry["channels"]),
        access=str(entry.get("access") or ""),
        languages=str(entry.get("languages") or ""),
        aliases=tuple(str(alias).lower() for alias in entry.get("aliases") or ()),
        words=words,
        replacement=entry.get("replacement"),
        review_by=day_of(entry["review_by"], where),
        status=str(entry["status"]),
    )


def _channel(entry: dict[str, Any], where: str) -> Channel:
    kind, value = entry.get("kind"), str(entry.get("value") or "")
    if kind not in _KINDS or not value:
        raise ContentFault(f"{where}: a channel needs a kind ({', '.join(_KINDS)}) and a value.")
    if kind in ("web", "chat", "form", "app") and urlsplit(value).scheme != "https":
        raise ContentFault(f"{where}: the address '{value}' must begin with https://")
    try:
        hours = read_hours(str(entry["hours"]), entry.get("bank_holiday_hours")) if entry.get("hours") else None
    except ValueError as fault:
        raise ContentFault(f"{where}: {fault}.") from fault
    return Channel(kind, value, hours, str(entry.get("cost") or "unknown"), str(entry.get("shows_on_bill") or "unknown"))


def _facts(path: Path) -> dict[str, Fact]:
    facts = read_yaml(path).get("facts")
    if not isinstance(facts, dict):
        raise ContentFault(f"{path}: 'facts' must map a name to a fact.")
    read = {}
    for name, entry in facts.items():
        where = f"{path}: {name}"
        for key in ("says", "source", "checked", "review_by", "status"):
            if not entry.get(key):
                raise ContentFault(f"{where}: '{key}' is missing. Add it.")
        says = tuple(
            (
                str(version["text"]).strip(),
                day_of(version.get("valid_from") or date.min.isoformat(), where),
                day_of(version.get("valid_to") or date.max.isoformat(), where),
            )
            for version in entry["says"]
        )
        read[str(name)] = Fact(str(name), says, str(entry["status"]), day_of(entry["review_by"], where), str(entry["source"]))
    return read


def _council(content: dict[str, Any], path: Path, local_ids: frozenset[str]) -> Council:
    for key in ("words", "area", "roles", "links", "colours", "never_publish"):
        if not isinstance(content.get(key), dict):
            raise ContentFault(f"{path}: '{key}' is missing or has no lines of its own. Add it.")
    area = content["area"]
    holiday = area.get("bank_holidays") or {}
    try:
        calendar = Calendar(area["timezone"], holiday["country"], holiday.get("subdivision"))
    except KeyError as fault:
        raise ContentFault(f"{path}: area needs timezone and bank_holidays with country.") from fault
    never = content["never_publish"]
    return Council(
        words={key: str(value) for key, value in content["words"].items()},
        roles={role: dict(choice) for role, choice in content["roles"].items()},
        links=content["links"],
        colours=content["colours"],
        calendar=calendar,
        never_publish=tuple(str(text) for text in (never.get("numbers") or []) + (never.get("words") or [])),
        local_ids=local_ids,
        places=tuple(str(name) for name in area.get("places") or ()),
        neighbours=tuple(str(name) for name in area.get("neighbours") or ()),
    )


def _card(path: Path) -> CardWords:
    content = read_yaml(path)
    words, usual, at_night = content.get("words"), content.get("default_routes"), content.get("open_routes")
    if not isinstance(words, dict) or not isinstance(usual, dict) or not isinstance(at_night, dict):
        raise ContentFault(f"{path}: needs 'words', 'default_routes' and 'open_routes'.")
    return CardWords(
        {key: str(value) for key, value in words.items()},
        {key: tuple(value) for key, value in usual.items()},
        {key: tuple(value) for key, value in at_night.items()},
    )
