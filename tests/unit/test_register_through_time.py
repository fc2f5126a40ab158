"""The register through time: whatever the minute of the year, somebody is open; whatever the day, nothing lapsed or uncleared is shown.

Exhaustive over every hand-off of the content, every audience, here and elsewhere: opening hours change at whole quarters of an hour at
most, which is itself checked, so that a card for each distinct state of all services stands for every minute of the year.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signpost.handoff.answers import read_answers
from signpost.handoff.card import EMERGENCY, ELSEWHERE, Card, is_for_adults_only, make_card
from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES, Content
from signpost.register.opening_hours import Hours
from tests.unit.test_handoff import CONTENT, RESPONSES

ANSWERS = read_answers(RESPONSES)
HANDOFFS = sorted({(answer.handoff, _urgency) for name, wordings in RESPONSES.items() for wording in wordings
    for answer in [read_answers({name: [wording]}).by_topic[name.removeprefix("utter_")][0]]
    for _urgency in [str(wording["metadata"]["urgency"])]})
