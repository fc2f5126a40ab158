"""Open now, in the council's time, through clock changes and bank holidays."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signpost.register.content import read_content
from signpost.register.opening_hours import Calendar, read_hours
from tests.conftest import ROOT

CONTENT = read_content(ROOT / "data")
ENGLAND = Calendar("Europe/London", "GB", "ENG")
OFFICE = read_hours("Mo-Th 08:45-17:00; Fr 08:45-16:00", "off")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("day", ["2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-08-30", "2026-12-25", "2026-12-28"])
def test_bank_holidays_close_the_office(day: str) -> None:
    assert not OFFICE.is_open(at(f"{day}T11:00:00+00:00"), ENGLAND)


def test_the_clock_on_the_wall_decides() -> None:
    assert OFFICE.is_open(at("2027-07-12T07:50:00+00:00"), ENGLAND), "08:50 in summer time"
    assert not OFFICE.is_open(at("2027-01-12T07:50:00+00:00"), ENGLAND), "07:50 in winter"
    assert not OFFICE.is_open(at("2027-07-12T16:30:00+00:00"), ENGLAND), "17:30 in summer time"


@given(st.datetimes(datetime(2026, 11, 1), datetime(2028, 1, 1)), st.integers(-12, 12))
def test_one_instant_has_one_answer_in_every_time_zone(moment: datetime, hours: int) -> None:
    instant = moment.replace(tzinfo=timezone.utc)
    assert OFFICE.is_open(instant, ENGLAND) == OFFICE.is_open(instant.astimezone(timezone(timedelta(hours=hours))), ENGLAND)


def test_children_services_answer_at_every_quarter_of_an_hour_of_a_year() -> None:
    role = CONTENT.council.roles["local-children-services"]
    services = [CONTENT.services[name] for name in role.values()]
    moment, end = at("2026-11-24T00:00:00+00:00"), at("2027-11-24T00:00:00+00:00")
    while moment < end:
        phones = [channel for service in services for channel in service.shown_channels() if channel.kind == "phone" and channel.hours]
        assert any(phone.hours and phone.hours.is_open(moment, CONTENT.council.calendar) for phone in phones), moment
        moment += timedelta(minutes=15)


def test_the_next_opening_after_a_long_weekend() -> None:
    opening = OFFICE.next_opening(at("2027-03-25T18:00:00+00:00"), ENGLAND)
    assert opening is not None
    assert opening.isoformat() == "2027-03-30T08:45:00+01:00"


@pytest.mark.parametrize("hours", ["whenever", "Mo-Fr 25:99", "Mo-Fr 09:00-17:00; PH off"])
def test_unreadable_hours_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match="hours"):
        read_hours(hours, None)
