"""What a conversation is about: who asks, from where, and what was shown before. Every decision on context stands here.

Read from the few turns that the store remembers; no word of them is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.handoff.card import ELSEWHERE, FALLBACK
from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES
from signpost.understanding.understood import KEY, Understood

CHOSEN = "audience"  # slot: chosen by button or said outright; stays until the person says otherwise
HEARD = "understood_audience"  # slot: who asks, from the last message that told it
USUAL = "usual_audience"  # slot: who usually asks about the last subject that tells it; a guess, weaker than what was heard
AREA = "area"  # slot: ELSEWHERE or not set
HERE = "here"
PLACE = "place"  # in parse data: ELSEWHERE or HERE when the message says where the person lives

_EMERGENCY, _WORRIED = URGENCIES[:2]
_TELLING_WORDS = 4  # a shorter message tells nothing of who asks that a button or an own intent would not tell better
_SURE, _SURE_YOUNG = 0.75, 0.95  # neutral questions look like a young person's, up to 0.94; adults say that they are
_OUTRIGHT = 1.0  # in plain words of data/who_asks.yml
_ADULTS = frozenset({"parent", "professional", "survivor", "own_behaviour", "operator"})
_LASTING = frozenset({"friend", "own_behaviour"})  # whose worry does not end with words that could be a young person's own


@dataclass(frozen=True)
class Earlier:
    """One earlier turn: the intent heard, the topic and urgency on its card, the services on it, which wording was used."""

    intent: str
    topic: str
    urgency: str
    services: tuple[str, ...]
    wording: int = 0


@dataclass(frozen=True)
class Held:
    """What an earlier turn still asks of this one: its urgency, eased by the turns since, and that turn."""

    urgency: str
    turn: Earlier


@dataclass(frozen=True)
class Before:
    """The turns before this one, oldest first, and everything that an answer may ask of them: it reads them in no other way."""

    turns: tuple[Earlier, ...] = ()

    def held(self, vague: Collection[str], own: Callable[[str], str], ease: int) -> Held | None:
        """What a message that brings no subject of its own takes over from the turns before it; None when there is nothing.

        Each turn that passes eases the urgency by one step, `ease` steps more for this message, but a turn that was answered with no topic
        does not: most such turns tell a little more of the same. `vague`: topics of small talk, which bring no subject of their own
        either and so count with their `own` urgency. The most urgent wins, the latest among equals.
        """
        found: list[Held] = []
        passed = 0
        for turn in reversed(self.turns):
            urgency = own(turn.intent) if turn.topic in vague else turn.urgency
            if urgency in URGENCIES and (turn.topic not in vague or urgency in URGENCIES[:2]):
                found.append(Held(_eased(urgency, passed + ease), turn))
            passed += turn.topic != FALLBACK
        return min(found, key=lambda one: URGENCIES.index(one.urgency), default=None)

    def people_for_danger(self, vague: Collection[str]) -> tuple[str, ...]:
        """The services of the latest turn with a subject of its own that was an emergency; none when none was. `vague` as above."""
        return next((turn.services for turn in reversed(self.turns) if turn.urgency == _EMERGENCY and turn.topic not in vague), ())

    def last_subject(self, small_talk: Collection[str]) -> Earlier | None:
        """The last turn with a subject of its own, else simply the last one; None for no turn. An 'ok' in between changes nothing."""
        last = self.turns[-1] if self.turns else None
        return next((turn for turn in reversed(self.turns) if turn.topic not in small_talk), last)

    def in_a_row(self, topic: str) -> int:
        """How many of the latest turns were all answered with `topic`."""
        return len(list(takewhile(lambda turn: turn.topic == topic, reversed(self.turns))))

    def times_shown(self, topic: str) -> int:
        """How many of the turns were answered with `topic`."""
        return sum(turn.topic == topic for turn in self.turns)

    def last_wording(self, topic: str) -> int:
        """The number of the wording last used for `topic`; -1 for none."""
        return next((turn.wording for turn in reversed(self.turns) if turn.topic == topic), -1)

    def first_services(self, prefix: str) -> tuple[str, ...]:
        """The first service on the card of each topic that begins with `prefix`, latest first."""
        return tuple(turn.services[0] for turn in reversed(self.turns) if turn.topic.startswith(prefix) and turn.services)


NOTHING = Before()  # a first message


@dataclass(frozen=True)
class Situation:
    """What the writer knows of a turn: who asks, from where, what was understood, and what was before."""

    audience: str
    area: str = ""
    understood: Understood | None = None
    before: Before = NOTHING
    words: int = 0  # how many words the message has


def situation_of(tracker: DialogueStateTracker) -> Situation:
    """Read the situation from a Rasa tracker: this message before earlier ones, what was said before what is guessed."""
    message = tracker.latest_message
    parse_data = (message.parse_data if message else None) or {}
    understood = Understood.from_dict(parse_data.get(KEY))
    said = parse_data.get(PLACE)
    words = len(((message.text if message else "") or "").split())
    return Situation(
        audience=who_asks(understood, words, *(str(tracker.get_slot(slot) or "") for slot in (CHOSEN, HEARD, USUAL))),
        area=(tracker.get_slot(AREA) or "") if not said else (ELSEWHERE if said == ELSEWHERE else ""),
        understood=understood,
        before=Before(turns_of(tracker.events)),
        words=words,
    )


def who_asks(understood: Understood | None, words: int, chosen: str, heard: str, usual: str) -> str:
    """Return the audience: chosen, else told in this message, else told before, else whoever usually asks about such a subject.

    Whoever says outright who they are is answered as that, whatever was chosen before. An emergency that a young person usually brings
    counts as theirs unless somebody else was chosen, or was heard and the emergency is no more than a guess, or this message tells; and
    where a young person speaks in it, even where an adult was chosen: somebody else may hold the phone now. Whoever says that they are
    grown up is no child, whatever was thought before.
    """
    now = understood.audience if understood else ""
    told = _told(now, understood.who, words) if understood else ""
    grown_up = understood is not None and understood.adult
    if grown_up:
        chosen, heard, usual = (_grown_up(who) for who in (chosen, heard, usual))
    if understood and told and understood.who >= _OUTRIGHT:
        return told
    if (
        understood
        and understood.urgency == _EMERGENCY
        and now == "young_person"
        and (told or not (chosen or (heard and not understood.sure)))
    ):
        return now
    stays = chosen in _ADULTS or (chosen and told not in ("young_person", "friend"))
    if usual and now not in CHILDREN and (words < _TELLING_WORDS or now == "operator"):
        now = usual  # a few words make nobody an adult of another kind
    if usual in _LASTING and now == "young_person":
        now = usual
    audience = chosen if stays else told or chosen or heard or now or usual
    return audience if audience in AUDIENCES else "unknown"


def _told(audience: str, who: float, words: int) -> str:
    """The audience that a message itself tells; '' where it is too short, or no surer than its subject alone makes it."""
    if who >= _OUTRIGHT:
        return audience
    if audience == "operator":
        return ""  # nobody is taken for staff by a guess
    return audience if words >= _TELLING_WORDS and who >= (_SURE_YOUNG if audience == "young_person" else _SURE) else ""


def _grown_up(thought: str) -> str:
    """Who asks where it was `thought` and an adult says so: what a young person tells of themselves is then a survivor's."""
    return "survivor" if thought == "young_person" else thought


def _eased(urgency: str, steps: int) -> str:
    """The urgency `steps` calmer; danger of life or limb stays a worry as long as it is remembered, so that 999 stays in sight."""
    calmest = _WORRIED if urgency == _EMERGENCY else URGENCIES[-1]
    return URGENCIES[min(URGENCIES.index(urgency) + steps, URGENCIES.index(calmest))]


def turns_of(events: Iterable[Event]) -> tuple[Earlier, ...]:
    """The turns among `events` that were answered with a card, oldest first."""
    turns: list[Earlier] = []
    intent = ""
    for event in events:
        if isinstance(event, UserUttered):
            intent = event.intent_name or ""
        if isinstance(event, BotUttered) and (card := _card(event)):
            services = tuple(line["id"] for line in card.get("services", []))
            wording = int((event.metadata or {}).get("wording") or 0)
            turns.append(Earlier(intent, str(card.get("topic", "")), str(card.get("urgency", "")), services, wording))
    return tuple(turns)


def lasting(tracker: DialogueStateTracker) -> dict[str, str]:
    """The slots that outlast the remembered turns: who was heard to ask, who usually asks about the subject, from which area."""
    slots: dict[str, str] = {}
    for event in tracker.events:
        parse_data = (event.parse_data if isinstance(event, UserUttered) else None) or {}
        record = parse_data.get(KEY) or {}
        who = float(record.get("who") or 0.0)
        audience = str(record.get("audience") or "")
        if audience:
            words = len((event.text or "").split())
            before = {slot: slots[slot] if slot in slots else str(tracker.get_slot(slot) or "") for slot in (HEARD, USUAL)}
            if _told(audience, who, words):
                slots[HEARD] = audience
            elif record.get("adult"):
                slots[HEARD] = _grown_up(before[HEARD] or (before[USUAL] if words < _TELLING_WORDS else "")) or audience
            elif (words >= _TELLING_WORDS and (audience, before[USUAL]) != ("young_person", "own_behaviour")) or not before[USUAL]:
                slots[USUAL] = audience  # not from a few words: they seldom bring a subject of their own
        if parse_data.get(PLACE):
            slots[AREA] = str(parse_data[PLACE])
    return slots


def _card(event: BotUttered) -> dict[str, Any]:
    return ((event.data or {}).get("custom") or {}).get("handoff") or {}
