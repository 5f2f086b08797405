"""Who comes when registration opens, and what each family wants: the same ones in every run."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

#: How much less a session is wanted than those before it, as its rank to this power: the first is
#: wanted about a hundred times as much as the three hundredth (Zipf's law has 1).
_FALL = 0.8

#: How many sessions a family wants (1 to 4), and how many come along (adults and children).
_BASKETS = (0.35, 0.3, 0.2, 0.15)
_PARTIES = ((1, 0), (1, 1), (2, 1), (2, 2), (2, 3), (2, 4))
_PARTY_SHARES = (0.1, 0.25, 0.25, 0.25, 0.1, 0.05)

#: The share of wishes for which the family takes the waitlist, and of families that send the form
#: itself; the others' programs ask the API, as a browser would that shows the form as an app.
_WAITS, _BY_FORM = 0.4, 0.1

#: Seconds: pages that counted down come back within the first ones, and the others later and later.
_SPREAD, _TAIL = 3.0, 8.0
_COUNTED_DOWN = 0.3


@dataclass(frozen=True)
class Wish:
    """A session that a family wants, and whether it would wait for it."""

    session: UUID
    waits: bool


@dataclass(frozen=True)
class Family:
    """One visitor: when he comes (seconds after the opening), from where, and what he wants."""

    number: int
    arrives: float
    address: str
    adults: int
    children: int
    wishes: tuple[Wish, ...]
    sends_form: bool


def come(sessions: Sequence[UUID], number: int, *, seed: int = 20261010) -> list[Family]:
    """Return so many families as they come, for sessions of which the first is wanted most."""
    chance = random.Random(seed)
    weights = list(itertools.accumulate((rank + 1) ** -_FALL for rank in range(len(sessions))))
    families = []
    for n, arrives in enumerate(sorted(_arrival(chance) for _ in range(number))):
        adults, children = chance.choices(_PARTIES, _PARTY_SHARES)[0]
        wanted = chance.choices(range(1, 5), _BASKETS)[0]
        chosen: dict[UUID, None] = {}
        while len(chosen) < wanted:
            chosen[chance.choices(sessions, cum_weights=weights)[0]] = None
        families.append(
            Family(
                number=n,
                arrives=arrives,
                address=f"{chance.randint(80, 95)}.{n >> 8}.{n & 255}.{chance.randint(1, 254)}",
                adults=adults,
                children=children,
                wishes=tuple(Wish(each, chance.random() < _WAITS) for each in chosen),
                sends_form=chance.random() < _BY_FORM,
            )
        )
    return families


def _arrival(chance: random.Random) -> float:
    if chance.random() < _COUNTED_DOWN:
        return chance.uniform(0, _SPREAD)
    return chance.expovariate(1 / _TAIL)
