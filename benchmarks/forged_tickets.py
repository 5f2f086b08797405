"""Ten million forged tickets: none may be accepted, and each costs a door next to nothing.

They are what a forger has: tickets that were seen, changed. Every kind of change is drawn from a
generator with a known seed, so that a run can be repeated. Both processors work. The yardstick is
the bare verification of `cryptography`, of signatures that are wrong in the same way, by as many
processes at the same time of the same run.
"""

import base64
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benchmarks.figure import Figure, WrongResult, compare
from benchmarks.laboratory import Laboratory
from services.registration.domain.tickets import InvalidTicket, TicketSigner, verify

#: How many are forged, in so many rounds, each with a round of the yardstick.
FORGED, ROUNDS = 10_000_000, 10

#: A door does more than the bare verification, and has to be nearly as fast.
BAR = 0.5

#: How many true tickets the forger has seen, and how many wrong signatures the yardstick verifies.
SEEN, WRONG = 512, 100_000

_SECRET = "the benchmark's own secret, known to everybody"
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HEAD = "P1."

Forge = Callable[[random.Random, Sequence[bytes]], bytes | str]


def refused(laboratory: Laboratory) -> Figure:
    """Forge tickets and have all refused; raises `WrongResult` if one is accepted."""
    processes = os.cpu_count() or 1
    each = FORGED // ROUNDS // processes
    values, yardsticks = [], []
    reached: Counter[str] = Counter()
    pool = ProcessPoolExecutor(processes, mp_context=get_context("fork"))
    with pool:
        list(pool.map(_verify_bare, [1] * processes))  # that they are there
        for number in range(ROUNDS):
            yardsticks.append(sum(pool.map(_verify_bare, [WRONG // processes] * processes)))
            seeds = [number * processes + process for process in range(processes)]
            rates = []
            for rate, counts in pool.map(_forge, seeds, [each] * processes):
                rates.append(rate)
                reached += counts
            values.append(sum(rates))
            laboratory.tell(
                f"{reached.total():,} forged tickets refused, "
                f"{reached['signature'] / reached.total():.0%} of them by their signature: "
                f"{values[-1]:,.0f}/s, bare verification {yardsticks[-1]:,.0f}/s"
            )
    return compare("forged-tickets", "tickets/s", BAR, values=values, yardsticks=yardsticks)


def _forge(seed: int, number: int) -> tuple[float, Counter[str]]:
    """Forge so many tickets; return how many a second were refused, and what refused them."""
    signers = [TicketSigner(_SECRET, generation) for generation in (1, 2)]
    keys = _Counting({signer.key_id: signer.public_key for signer in signers})
    chance = random.Random(seed)
    seen = [
        base64.urlsafe_b64decode(
            chance.choice(signers).sign(UUID(int=chance.getrandbits(128)))[len(_HEAD) :]
        )
        for _ in range(SEEN)
    ]
    true = set(seen)
    forgers = list(FORGERS.values())
    spent, done = 0.0, 0
    while done < number:
        forged: list[str] = []
        while len(forged) < min(10_000, number - done):
            one = chance.choice(forgers)(chance, seen)
            if isinstance(one, bytes):
                if one in true:
                    continue  # the change changed nothing
                one = _HEAD + base64.urlsafe_b64encode(one).decode()
            forged.append(one)
        began = time.perf_counter()
        for ticket in forged:
            try:
                found = verify(ticket, keys)
            except InvalidTicket:
                continue
            raise WrongResult(f"the forged ticket {ticket} admits {found}")
        spent += time.perf_counter() - began
        done += len(forged)
    return number / spent, Counter(signature=keys.found, form=number - keys.found)


def _verify_bare(number: int) -> float:
    """Verify so many wrong signatures of 23 bytes, and nothing else; return how many a second."""
    signer = TicketSigner(_SECRET)
    chance = random.Random(number)
    wrong = []
    for _ in range(min(number, 1000)):
        content = base64.urlsafe_b64decode(
            signer.sign(UUID(int=chance.getrandbits(128)))[len(_HEAD) :]
        )
        place = chance.randrange(20, len(content))
        content = _with_byte(content, place, content[place] ^ 1 << chance.randrange(8))
        wrong.append((content[20:], _HEAD.encode() + content[:20]))
    key, refusals = signer.public_key, 0
    began = time.perf_counter()
    for turn in range(number):
        try:
            key.verify(*wrong[turn % len(wrong)])
        except InvalidSignature:
            refusals += 1
    spent = time.perf_counter() - began
    if refusals != number:
        raise WrongResult("a wrong signature verifies")
    return number / spent


class _Counting(dict[bytes, Ed25519PublicKey]):
    """The keys of a door, which count how often one was found: then the signature decides."""

    found = 0

    def get(self, key_id: bytes, default: object = None) -> Ed25519PublicKey | None:  # type: ignore[override]
        key = super().get(key_id)
        self.found += key is not None
        return key


def _with_byte(content: bytes, place: int, value: int) -> bytes:
    return content[:place] + bytes([value]) + content[place + 1 :]


def _flip(first: int, last: int) -> Forge:
    """Return who flips one bit between two bytes."""

    def forge(chance: random.Random, seen: Sequence[bytes]) -> bytes:
        content, place = chance.choice(seen), chance.randrange(first, last)
        return _with_byte(content, place, content[place] ^ 1 << chance.randrange(8))

    return forge


def _several_bytes(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    content = chance.choice(seen)
    for _ in range(chance.randrange(2, 9)):
        content = _with_byte(content, chance.randrange(4, 84), chance.randrange(256))
    return content


def _replayed_signature(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    """Lay a true signature over another registration that exists."""
    one, other = chance.sample(seen, 2)
    return one[:20] + other[20:]


def _replayed_over_a_new_id(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    content = chance.choice(seen)
    return content[:4] + chance.randbytes(16) + content[20:]


def _swapped_halves(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    """Join the point of one signature to the scalar of another."""
    one, other = chance.sample(seen, 2)
    return one[:52] + other[52:]


def _other_generation(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    """Name the key of another ticket, which may be of the other generation."""
    one, other = chance.sample(seen, 2)
    return other[:4] + one[4:] if other[:4] != one[:4] else one[:20] + other[20:]


_STRANGER = TicketSigner("a forger's own secret, as long as any other")


def _own_key(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    """Sign with a key of one's own, under the name of a good one."""
    mine = _STRANGER.sign(UUID(bytes=chance.choice(seen)[4:20]))[len(_HEAD) :]
    return chance.choice(seen)[:4] + base64.urlsafe_b64decode(mine)[4:]


def _other_scalar(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    """Add the group's order to the scalar: the same point, another spelling (RFC 8032, 5.1.7)."""
    content = chance.choice(seen)
    scalar = int.from_bytes(content[52:], "little") + _ORDER
    return content[:52] + scalar.to_bytes(32, "little")


_ORDER = 2**252 + 27742317777372353535851937790883648493


def _random_signature(chance: random.Random, seen: Sequence[bytes]) -> bytes:
    return chance.choice(seen)[:20] + chance.randbytes(64)


def _character(chance: random.Random, seen: Sequence[bytes]) -> str:
    """Change one character of the text into another one of the alphabet."""
    text = _text(chance, seen)
    place = chance.randrange(len(_HEAD) + 6, len(text))
    other = chance.choice(_ALPHABET.replace(text[place], ""))
    return text[:place] + other + text[place + 1 :]


def _two_characters(chance: random.Random, seen: Sequence[bytes]) -> str:
    """Exchange two characters that differ."""
    text = _text(chance, seen)
    while True:
        one, other = sorted(chance.sample(range(len(_HEAD) + 6, len(text)), 2))
        if text[one] != text[other]:
            parts = text[:one], text[other], text[one + 1 : other], text[one], text[other + 1 :]
            return "".join(parts)


def _misshapen(chance: random.Random, seen: Sequence[bytes]) -> str:
    """Cut, lengthen, change the case or the spelling: no ticket by its form."""
    text = _text(chance, seen)
    place = chance.randrange(len(text))
    return chance.choice(
        (
            text[:place],
            text + chance.choice(_ALPHABET),
            text[:place] + chance.choice(_ALPHABET) + text[place:],
            text.swapcase(),
            text[:place] + "=" + text[place + 1 :],
            text.replace("P1.", "P2."),
            text + "\n",
        )
    )


def _text(chance: random.Random, seen: Sequence[bytes]) -> str:
    return _HEAD + base64.urlsafe_b64encode(chance.choice(seen)).decode()


#: Who forges, by what they do; each forges as many as any other.
FORGERS: dict[str, Forge] = {
    "a bit of the id": _flip(4, 20),
    "a bit of the point": _flip(20, 52),
    "a bit of the scalar": _flip(52, 84),
    "a bit of the key's name": _flip(0, 4),
    "several bytes": _several_bytes,
    "a true signature over another registration": _replayed_signature,
    "a true signature over a new id": _replayed_over_a_new_id,
    "halves of two signatures": _swapped_halves,
    "the name of another key": _other_generation,
    "a key of one's own": _own_key,
    "another scalar of the same point": _other_scalar,
    "a random signature": _random_signature,
    "a character": _character,
    "two characters exchanged": _two_characters,
    "no ticket by its form": _misshapen,
}
