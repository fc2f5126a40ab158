"""When a service can be reached: opening hours in the council's time zone, with clock changes and bank holidays.

The weekly hours are written in OpenStreetMap's opening_hours syntax and read by `opening-hours-py`; the days of bank holidays come
from `holidays` (the former's own list lacks days that England has, measured 2026-11). Neither asks the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from opening_hours import OpeningHours, validate

_DAYS_LOOKED_AHEAD = 14  # no service here is closed for longer than Christmas and New Year


@dataclass(frozen=True)
class Calendar:
    """Where the clock on the wall hangs: IANA time zone, ISO country and subdivision of the bank holidays."""

    timezone: str
    country: str
    subdivision: str | None

    def local(self, at: datetime) -> datetime:
        """Return the aware instant `at` as local time."""
        return at.astimezone(ZoneInfo(self.timezone))

    def is_bank_holiday(self, day: date) -> bool:
        """Whether `day` is a bank holiday here."""
        return day in _bank_holidays(self.country, self.subdivision)


@lru_cache(maxsize=8)
def _bank_holidays(country: str, subdivision: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=subdivision)


@dataclass(frozen=True)
class Hours:
    """Weekly hours (`Mo-Th 08:45-17:00; Fr 08:45-16:00`) and the hours of a bank holiday (`off`, `09:00-24:00`; None: as any day)."""

    week: str
    bank_holiday: str | None

    def is_open(self, at: datetime, calendar: Calendar) -> bool:
        """Whether the service is open at the aware instant `at`."""
        local = calendar.local(at)
        week = self.week
        if self.bank_holiday is not None and calendar.is_bank_holiday(local.date()):
            week = "off" if self.bank_holiday == "off" else f"Mo-Su {self.bank_holiday}"
        # Wall-clock time decides, so the hour that is skipped or repeated in March and October needs no rule of its own.
        return bool(_parsed(week).is_open(local.replace(tzinfo=None)))

    def always_open(self) -> bool:
        """Whether the service never closes."""
        return self.week == "24/7" and self.bank_holiday is None

    def next_opening(self, at: datetime, calendar: Calendar) -> datetime | None:
        """The first quarter of an hour after `at` at which the service is open, as local time; None if none within two weeks."""
        moment = calendar.local(at).replace(second=0, microsecond=0)
        moment += timedelta(minutes=15 - moment.minute % 15)
        for _ in range(_DAYS_LOOKED_AHEAD * 96):
            if self.is_open(moment, calendar):
                return calendar.local(moment)
            moment = (moment.astimezone(ZoneInfo("UTC")) + timedelta(minutes=15)).astimezone(moment.tzinfo)
        return None


def read_hours(week: str, bank_holiday: str | None) -> Hours:
    """Check and return opening hours. Raises ValueError that quotes what cannot be read."""
    for text in (week, None if bank_holiday in (None, "off") else f"Mo-Su {bank_holiday}"):
        if text is not None and not validate(text):
            raise ValueError(f"hours '{text}' cannot be read; write them like 'Mo-Th 08:45-17:00; Fr 08:45-16:00'")
    if "PH" in week:
        raise ValueError(f"hours '{week}' mention PH; write the hours of bank holidays in bank_holiday_hours instead")
    return Hours(week, bank_holiday)


@lru_cache(maxsize=256)
def _parsed(text: str) -> OpeningHours:
    return OpeningHours(text)
