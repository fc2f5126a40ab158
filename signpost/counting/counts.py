"""Counts of chats by hour and day, in this process's memory until an hour has closed; then rounded ones leave, or none."""

from __future__ import annotations

import hashlib
import logging
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from signpost.counting.release import released
from signpost.handoff.card import FALLBACK
from signpost.register.content import URGENCIES

logger = logging.getLogger(__name__)

HOUR, DAY = "hour", "day"
_MOST_CHATS = 50_000  # in one hour of one process; more are not counted
_MOST_USES = 50_000


@dataclass(frozen=True)
class Row:
    """One figure that may be told: in the hour or day from `start`, about `chats` chats had `value` in `table`."""

    window: str
    start: datetime
    table: str
    value: str
    chats: int


@dataclass
class _Chat:
    """What is counted of one chat in one hour: one value in each table, however long it was."""

    urgency: str = URGENCIES[-1]
    topic: str = ""
    audience: str = "unknown"
    shown: str = ""
    fallback: bool = False
    guard: str = ""

    def see(self, card: dict[str, Any], guard: str) -> None:
        if not self.topic or URGENCIES.index(card["urgency"]) <= URGENCIES.index(self.urgency):  # the most urgent turn, the last of these
            self.urgency, self.topic = card["urgency"], card["topic"]
            self.shown = next((line["id"] for line in card["services"]), "")  # counting never fails a turn, whatever it is handed
        if card["audience"] != "unknown":
            self.audience = card["audience"]
        self.fallback = self.fallback or card["topic"] == FALLBACK
        self.guard = self.guard or guard

    def cells(self) -> Iterable[tuple[str, str]]:
        yield "chats", "all"
        yield "urgency", self.urgency
        yield "topic", self.topic
        yield "audience", self.audience
        yield "shown", self.shown
        if self.fallback:
            yield FALLBACK, "all"
        if self.guard:
            yield "guard", self.guard


@dataclass
class _Window:
    start: datetime
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)


class Counts:
    """Counts turns as chats. Conversations are told apart by a keyed hash, whose key lives for a day in memory and nowhere else."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc), dice: random.Random | None = None) -> None:
        self._clock, self._dice = clock, dice
        now = clock()
        self._hour, self._day = _Window(_hour_of(now)), _Window(_day_of(now))
        self._chats: dict[bytes, _Chat] = {}
        self._uses: set[bytes] = set()
        self._seen_today: set[bytes] = set()
        self._key = secrets.token_bytes(32)
        self.last: dict[str, tuple[datetime, list[Row]]] = {}  # by window: its start and what may be told of it

    def turn(self, conversation: str, messages: list[dict[str, Any]], guard: str = "") -> None:
        """Count a turn by the card in its `messages`; `guard` is the kind of fault for which the guard stepped in."""
        card = next((message["custom"]["handoff"] for message in messages if message.get("custom")), None)
        who = self._stranger(conversation)
        if card is None or (who not in self._chats and len(self._chats) >= _MOST_CHATS):
            return
        self._chats.setdefault(who, _Chat()).see(card, guard)

    def used(self, service: str, address: str) -> None:
        """Count that somebody followed the way to `service`: once an hour for each address, which is not kept."""
        who = self._stranger(f"{service}\n{address}")
        if who not in self._uses and len(self._uses) < _MOST_USES:
            self._uses.add(who)
            self._hour.cells["used", service] += 1

    def close(self) -> list[Row]:
        """Close the hour, and the day, that are over by the clock; return what may be told of them. The clock calls it, never a chat."""
        now = self._clock()
        rows: list[Row] = []
        if _hour_of(now) > self._hour.start:
            rows += self._close_hour(now)
        if _day_of(now) > self._day.start:
            rows += self._release(DAY, self._day)
            self._day, self._seen_today, self._key = _Window(_day_of(now)), set(), secrets.token_bytes(32)
        return rows

    def _close_hour(self, now: datetime) -> list[Row]:
        uses = {cell: count for cell, count in self._hour.cells.items() if cell[0] == "used"}
        self._day.cells.update(uses)
        for who, chat in self._chats.items():
            cells = list(chat.cells())
            self._hour.cells.update(cells)
            if who not in self._seen_today:  # a chat over several hours is one chat of the day
                self._seen_today.add(who)
                self._day.cells.update(cells)
        kinds = sorted({chat.guard for chat in self._chats.values() if chat.guard})
        if kinds:  # said for the hour, not for the moment: a line with its own time would tell when somebody was here
            logger.warning("In the hour from %s UTC the guard sent the safe card: %s.", f"{self._hour.start:%H:%M}", ", ".join(kinds))
        rows = self._release(HOUR, self._hour)
        self._hour, self._chats, self._uses = _Window(_hour_of(now)), {}, set()
        return rows

    def _release(self, name: str, window: _Window) -> list[Row]:
        found = [(table, value, released(count, self._dice)) for (table, value), count in sorted(window.cells.items())]
        rows = [Row(name, window.start, table, value, told) for table, value, told in found if told is not None]
        self.last[name] = (window.start, rows)
        return rows

    def _stranger(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()


def seconds_to_next_hour(now: datetime) -> float:
    """How long it is until the hour of `now` is over."""
    return (_hour_of(now) + timedelta(hours=1) - now).total_seconds()


@cache
def counts_of_this_process() -> Counts:
    """The one counter that every channel of this process counts into."""
    return Counts()


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _day_of(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
