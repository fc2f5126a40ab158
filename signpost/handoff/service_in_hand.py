"""Which service a follow-up ('is it free', 'who do they tell') is about."""

from __future__ import annotations

from collections.abc import Iterator

from signpost.conversation.context import Earlier, Situation
from signpost.handoff.answers import FOLLOW_UP, Answers
from signpost.handoff.card import ELSEWHERE, EMERGENCY
from signpost.register.content import CHILDREN, Content, Service
from signpost.understanding.service_names import Names

_FOR_THE_YOUNG = "childline"  # of several on a card, the one that a young person rings


def service_in_hand(content: Content, answers: Answers, names: Names, situation: Situation) -> Service:
    """Return the service that is talked about: always one that may be shown, and never a local one to somebody who lives elsewhere.

    Named in this message; else the one that the last answer was about, by its topic or by its words; else the last one asked about;
    else, of the last card, Childline for a young person and the first one for anybody else; else the audience's usual one.
    """
    for candidate in _candidates(content, answers, names, situation):
        service = content.services.get(candidate)
        if service is not None and service.is_shown() and not (situation.area == ELSEWHERE and service.id in content.council.local_ids):
            return service
    raise AssertionError("data/card.yml: default_routes name no service that may be shown everywhere")


def _candidates(content: Content, answers: Answers, names: Names, situation: Situation) -> Iterator[str]:
    if situation.understood:
        yield situation.understood.service
    last = situation.before.last_subject(answers.small_talk)
    if last:
        yield _subject(content, answers, names, last, situation.audience)
        yield next((asked for asked in situation.before.first_services(FOLLOW_UP) if asked in last.services), "")
        if situation.audience in CHILDREN and _FOR_THE_YOUNG in last.services:
            yield _FOR_THE_YOUNG
        yield from (service for service in last.services if service != EMERGENCY)
    for route in (*content.card.default_routes[situation.audience], *content.card.default_routes["unknown"]):
        yield content.council.roles.get(route, {"open": route})["open"]


def _subject(content: Content, answers: Answers, names: Names, turn: Earlier, audience: str) -> str:
    """The one service that an earlier answer was about; '' when it was about none or several."""
    if turn.topic.startswith(FOLLOW_UP):
        return next(iter(turn.services), "")
    about = answers.about(turn.topic)
    if about:
        places = set(content.council.roles.get(about, {"open": about}).values())
        return next((service for service in turn.services if service in places), about)
    wordings = answers.for_audience(turn.topic, audience)
    named = names.all_in(wordings[turn.wording % len(wordings)].text) & set(turn.services) - {EMERGENCY} if wordings else set()
    return named.pop() if len(named) == 1 else ""
