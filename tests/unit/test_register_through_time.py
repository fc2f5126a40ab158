"""The register through time: whatever the minute, somebody is open; whatever the day, nothing lapsed or uncleared is shown.

Every minute of a year that contains all review dates, both clock changes and every bank holiday. Within one state of the register (who is
open, who is overdue) a card names the same people, so one card for each state, hand-off, audience and area stands for every minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signpost.handoff.answers import read_answers
from signpost.handoff.card import ELSEWHERE, EMERGENCY, Line, is_for_adults_only, is_overdue, make_card
from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES, Content, Service
from signpost.register.opening_hours import Hours
from tests.unit.test_handoff import CONTENT, RESPONSES

CALENDAR = CONTENT.council.calendar
START = min(service.review_by for service in CONTENT.services.values()) - timedelta(days=200)
YEAR = [START + timedelta(days=day) for day in range(366)]
MINUTES = len(YEAR) * 1440
HANDOFFS = sorted(
    {
        (answer.handoff, str(wording["metadata"]["urgency"]))
        for name, wordings in RESPONSES.items()
        for answer, wording in zip(read_answers({name: wordings}).by_topic[name.removeprefix("utter_")], wordings, strict=True)
    }
)
Minutes = npt.NDArray[np.bool_]


def at(minute: int) -> datetime:
    return datetime.combine(START, time(), timezone.utc) + timedelta(minutes=minute)


def local_minutes() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each minute of the year in UTC: the minute of the local week, and the local day counted from START."""
    zone = ZoneInfo(CALENDAR.timezone)
    shift = [at(hour * 60).astimezone(zone).utcoffset() for hour in range(MINUTES // 60)]
    local = np.arange(MINUTES) + np.repeat([int(offset.total_seconds()) // 60 for offset in shift if offset is not None], 60)
    return (local + START.weekday() * 1440) % 10080, local // 1440


WEEK_MINUTE, DAY = local_minutes()
HOLIDAY = np.array([CALENDAR.is_bank_holiday(START + timedelta(days=int(day))) for day in range(int(DAY.max()) + 1)])[DAY]


def an_ordinary_week() -> datetime:
    """The first Monday of a week without a bank holiday, as local time."""
    monday = START + timedelta(days=-START.weekday() % 7)
    while any(CALENDAR.is_bank_holiday(monday + timedelta(days=day)) for day in range(7)):
        monday += timedelta(days=7)
    return datetime.combine(monday, time(), ZoneInfo(CALENDAR.timezone))


def open_minutes(hours: Hours) -> Minutes:
    """Whether `hours` are open, for every minute of the year."""
    if hours.always_open():
        return np.ones(MINUTES, dtype=bool)
    monday = an_ordinary_week()
    usual = np.array([hours.is_open(monday + timedelta(minutes=minute), CALENDAR) for minute in range(10080)])
    on_holiday = Hours("off" if hours.bank_holiday == "off" else f"Mo-Su {hours.bank_holiday}", None) if hours.bank_holiday else hours
    closed = np.array([on_holiday.is_open(monday + timedelta(minutes=minute), CALENDAR) for minute in range(10080)])
    return np.where(HOLIDAY, closed[WEEK_MINUTE], usual[WEEK_MINUTE])


HOURS = sorted(
    {channel.hours for service in CONTENT.services.values() if service.is_shown() for channel in service.shown_channels() if channel.hours},
    key=str,
)
OPEN = {hours: open_minutes(hours) for hours in HOURS}


def is_open(service: Service) -> Minutes:
    known = [OPEN[channel.hours] for channel in service.shown_channels() if channel.hours]
    return np.logical_or.reduce(known) if known else np.zeros(MINUTES, dtype=bool)


def states() -> list[datetime]:
    """One instant for each state of the register that occurs in the year: who is open together with who is overdue."""
    due = np.searchsorted(
        sorted({service.review_by for service in CONTENT.services.values()}), [START + timedelta(days=int(d)) for d in DAY]
    )
    rows = np.stack([*(OPEN[hours] for hours in HOURS), *(due == step for step in np.unique(due))])
    return [at(int(minute)) for minute in np.unique(rows, axis=1, return_index=True)[1]]


def test_the_table_of_minutes_says_what_the_opening_hours_say() -> None:
    changes = [minute for minute in range(60, MINUTES, 60) if (WEEK_MINUTE[minute] - WEEK_MINUTE[minute - 60]) % 10080 != 60]
    assert len(changes) == 2, "both clock changes"
    assert HOLIDAY.sum() >= 8 * 1440, "the bank holidays"
    edges = np.flatnonzero(np.diff(HOLIDAY.astype(int)))
    chosen = {near for edge in [*changes, *edges] for near in range(max(0, edge - 150), min(MINUTES, edge + 150), 7)}
    chosen |= {int(minute) for minute in np.random.default_rng(6).integers(0, MINUTES, 3000)}
    for hours in HOURS:
        assert all(OPEN[hours][minute] == hours.is_open(at(minute), CALENDAR) for minute in chosen), hours


def test_the_councils_children_services_are_reached_at_every_minute() -> None:
    for role, choice in CONTENT.council.roles.items():
        if "closed" in choice:
            reached = is_open(CONTENT.services[choice["open"]]) | is_open(CONTENT.services[choice["closed"]])
            assert reached.all(), f"{role}: nobody at {at(int(np.argmin(reached)))}"


def promise_broken(content: Content, lines: tuple[Line, ...], urgency: str, audience: str, area: str, now: datetime) -> str | None:
    """What a card breaks, or None."""
    day = content.council.calendar.local(now).date()
    services = [content.services[line.id] for line in lines]
    people = [service for service in services if service.id != EMERGENCY]
    reachable = [
        service
        for service in content.services.values()
        if service.is_shown() and audience in service.suits and not service.dials_999() and service.id not in content.council.local_ids
        if any(channel.hours.is_open(now, content.council.calendar) for channel in service.shown_channels() if channel.hours)
    ]
    in_date = [service for service in reachable if not is_overdue(service, day)]
    if not all(service.is_shown() for service in services):
        return "a service that is not cleared"
    if area == ELSEWHERE and any(service.id in content.council.local_ids for service in services):
        return "a local service elsewhere"
    for line, service in zip(lines, services, strict=True):
        if is_overdue(service, day) and (in_date or not line.note.endswith(content.card.words["overdue"])):
            return "an overdue service"
    counted = [line for line in lines if urgency == URGENCIES[0] or not content.services[line.id].dials_999()]
    if not any(line.open_now for line in counted) and (reachable or not lines):
        return "nobody open"
    if urgency == URGENCIES[0] and EMERGENCY not in [service.id for service in services[:3]]:
        return "no 999"
    if audience in CHILDREN and people and is_for_adults_only(people[0]):
        return "a line for adults first"
    return None


@pytest.mark.parametrize("audience", AUDIENCES)
def test_at_every_minute_of_the_year_every_hand_off_reaches_somebody(audience: str) -> None:
    instants = states()
    assert len(instants) >= 8
    for now, area, (handoff, urgency) in product(instants, ("", ELSEWHERE), HANDOFFS):
        lines = make_card(CONTENT, handoff, urgency, audience, "t", area, now).services
        assert promise_broken(CONTENT, lines, urgency, audience, area, now) is None, (handoff, urgency, area, now, lines)


@st.composite
def registers(draw: st.DrawFn) -> Content:
    """The register with any services overdue, held back or replaced by any other, rings of replacements included."""
    names = sorted(name for name in CONTENT.services if name != EMERGENCY)
    changed = dict(CONTENT.services)
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names))):
        changed[name] = replace(
            changed[name],
            review_by=draw(st.sampled_from([date(2020, 1, 1), changed[name].review_by])),
            status=draw(st.sampled_from(["cleared", "cleared", "needs_check"])),
            replacement=draw(st.one_of(st.none(), st.sampled_from(names))),
        )
    return replace(CONTENT, services=changed)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    content=registers(),
    handoff=st.sampled_from(HANDOFFS),
    audience=st.sampled_from(AUDIENCES),
    area=st.sampled_from(["", ELSEWHERE]),
    minute=st.integers(0, MINUTES - 1),
)
def test_whatever_lapses_or_is_held_back_the_promise_holds(
    content: Content, handoff: tuple[tuple[str, ...], str], audience: str, area: str, minute: int
) -> None:
    routes, urgency = handoff
    lines = make_card(content, routes, urgency, audience, "t", area, at(minute)).services
    assert lines
    assert promise_broken(content, lines, urgency, audience, area, at(minute)) is None


def test_ways_to_call_999_are_no_hand_off_where_there_is_no_emergency() -> None:
    lines = make_card(CONTENT, ["emergency-999", "silent-999", "bsl-999"], "worried", "young_person", "t", "", at(0)).services
    assert any(line.open_now for line in lines if not CONTENT.services[line.id].dials_999())


def faults() -> Iterator[tuple[str, Content]]:
    childline = CONTENT.services["childline"]
    yield "held back", replace(CONTENT, services={**CONTENT.services, "childline": replace(childline, status="needs_check")})
    overdue = replace(childline, review_by=date(2020, 1, 1), replacement="shout")
    yield "overdue", replace(CONTENT, services={**CONTENT.services, "childline": overdue})


def test_what_is_held_back_or_overdue_leaves_the_card_and_its_replacement_comes() -> None:
    for name, content in faults():
        ids = [line.id for line in make_card(content, ["childline"], "worried", "young_person", "t", "", at(0)).services]
        assert "childline" not in ids
        assert ("shout" in ids) == (name == "overdue")
