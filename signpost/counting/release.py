"""Which counts may be told, and how exactly: so coarsely that nobody can tell from them whether a given chat took place."""

from __future__ import annotations

import math
import random
import secrets

FLOOR = 10  # nothing under ten is told, ever, whatever the dice say
ROUND = 10
SCALE = 4.0  # of the noise, in chats: one chat more or less changes the odds of any figure by a factor of exp(1/4) at most
THRESHOLD = 30  # what a count with its noise must reach: nine known chats and a tenth get there once in about 270 tries


def released(count: int, dice: random.Random | None = None) -> int | None:
    """Return `count` as it may be told, a multiple of ten and at least ten, or None when it may not be told.

    Under FLOOR the answer is None without a throw of the dice, so that it carries no information at all. Above, noise (two-sided
    geometric) is added before the threshold and before rounding: somebody who knows all chats but one learns next to nothing of it.
    """
    if count < FLOOR:
        return None
    noisy = count + _noise(dice or secrets.SystemRandom())
    return ROUND * math.floor(noisy / ROUND + 0.5) if noisy >= THRESHOLD else None


def _noise(dice: random.Random) -> int:
    return _geometric(dice) - _geometric(dice)


def _geometric(dice: random.Random) -> int:
    return math.floor(math.log(1.0 - dice.random()) * -SCALE)
