"""Overbooking, learned: how many more seats may be taken since some who register stay away.

Of past sessions of the same kind it is known how many seats were taken and how many people came,
never who. With a Beta prior, what was seen gives a Beta posterior of the rate of those who stay
away; how many of n stay away is then Beta-binomial (Gelman et al., Bayesian Data Analysis, 3rd ed.,
2.4 and appendix A). A family stays away together, so all of it is counted in parties: as many
people who decide each on their own would be too sure a bet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log1p

#: The prior: as if of twenty people one had stayed away.
PRIOR_AWAY, PRIOR_CAME = 1.0, 19.0

#: With less than this, nothing is learned.
FEWEST_SESSIONS, FEWEST_SEATS = 3, 40

#: The risk that an organiser may accept, as probabilities.
LEAST_RISK, LARGEST_RISK = 0.001, 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """How many seats of one past session were taken, and how many people came to them."""

    expected: int
    came: int

    @property
    def away(self) -> int:
        """Return how many stayed away; nobody, where more came than were expected."""
        return max(0, self.expected - self.came)


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why so many seats: what was seen, and the chance that somebody stands with `extra` more.

    `party` is how many people are taken to come, or to stay away, together.
    """

    sessions: int
    expected: int
    away: int
    extra: int
    risk: float
    party: int = 1

    @property
    def is_enough(self) -> bool:
        """Tell whether enough was seen to learn anything from it."""
        return self.sessions >= FEWEST_SESSIONS and self.expected >= FEWEST_SEATS


def extra_seats(
    capacity: int, history: Sequence[Seen], limit: float, *, party: int = 1
) -> Reasoning:
    """Return the most extra seats such that more people than seats come with at most `limit`.

    `limit` is a probability, `party` how many people come together as a rule. The chance rises with
    every party, so that it is found by halving; there are never more extra seats than seats.
    """
    expected, away = sum(one.expected for one in history), sum(one.away for one in history)
    seen = Reasoning(len(history), expected, away, 0, 0.0, party)
    if not seen.is_enough:
        return seen
    fits, breaks = 0, capacity // party + 1
    while breaks - fits > 1:
        middle = (fits + breaks) // 2
        if risk_of(capacity, middle, expected, away, party=party) <= limit:
            fits = middle
        else:
            breaks = middle
    risk = risk_of(capacity, fits, expected, away, party=party)
    return Reasoning(len(history), expected, away, fits * party, risk, party)


def risk_of(capacity: int, parties: int, expected: int, away: int, *, party: int = 1) -> float:
    """Return the probability that more than `capacity` come when so many more parties have seats.

    That is the probability that fewer than those stay away, where of `expected` people `away` did
    before.
    """
    booked = capacity // party + parties
    a, b = PRIOR_AWAY + away / party, PRIOR_CAME + (expected - away) / party
    return min(1.0, sum(exp(_log_mass(k, booked, a, b)) for k in range(parties)))


def _log_mass(k: int, n: int, a: float, b: float) -> float:
    """Return the logarithm of the Beta-binomial mass of k among n."""
    choices = -log1p(n) - _log_beta(n - k + 1, k + 1)
    return choices + _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
