"""What is said in an edition, by word: which activities and which places say it."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.scheduling.domain.searching.words import COMMON, words_of

Key = TypeVar("Key", bound=Hashable)

#: A word this long also finds longer ones that begin with it: `robot` finds `robotique`.
OPEN_FROM = 5

#: How many words one typed word is taken for at most.
MOST_GUESSES = 12

#: How many of them are named to the reader.
NAMED_GUESSES = 3


@dataclass(frozen=True)
class Guess:
    """A word that nobody wrote, and the words that it was taken for, the most used first."""

    typed: str
    meant: tuple[str, ...]


@dataclass(frozen=True)
class Term(Generic[Key]):
    """One word that was looked for: who says it at all, who says it in the title, and where."""

    said: frozenset[Key]
    titled: frozenset[Key]
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Found(Generic[Key]):
    """What a text was understood as: every term must be met; `guesses` are to be told."""

    terms: tuple[Term[Key], ...] = ()
    guesses: tuple[Guess, ...] = ()

    @property
    def titled(self) -> frozenset[Key]:
        """Return those that say every word in their titles."""
        if not self.terms:
            return frozenset()
        return frozenset.intersection(*(term.titled for term in self.terms))


@dataclass
class SearchIndex(Generic[Key]):
    """Words and who says them; `add` all texts, then `find`.

    The keys are whatever the texts belong to: activities, venues.
    """

    _said: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    _titled: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    _written: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, key: Key, title: Iterable[str | None], rest: Iterable[str | None] = ()) -> None:
        """Keep the words of a title and of the other texts."""
        for texts, titled in ((title, True), (rest, False)):
            for text in texts:
                for stem, written in words_of(text or ""):
                    self._said[stem].add(key)
                    self._written[stem][written] += 1
                    if titled:
                        self._titled[stem].add(key)

    def find(self, text: str) -> Found[Key]:
        """Return what a text asks for; a word that nothing resembles is met by nothing."""
        typed = list(dict(words_of(text)).items())
        asked = [word for word in typed if word[0] not in COMMON] or typed
        terms, guesses = [], []
        for stem, written in asked:
            stems, guessed = self._resolve(stem)
            terms.append(self._term(stems))
            if guessed and stems:
                meant = tuple(self._usual(each) for each in stems[:NAMED_GUESSES])
                guesses.append(Guess(written, tuple(dict.fromkeys(meant))))
        return Found(tuple(terms), tuple(guesses))

    def _resolve(self, stem: str) -> tuple[tuple[str, ...], bool]:
        """Return the kept words that a typed one stands for, and whether that is a guess."""
        longer = self._beginning_with(stem)
        if stem in self._said:
            others = [word for word in longer if word != stem] if len(stem) >= OPEN_FROM else []
            return (stem, *others), False
        if longer and len(stem) > 2:
            return tuple(longer[:MOST_GUESSES]), True
        inside = [word for word in self._sorted if stem in word] if len(stem) > 3 else []
        if inside:
            return tuple(self._by_use(inside)[:MOST_GUESSES]), True
        return tuple(self._resembling(stem)), True

    def _beginning_with(self, stem: str) -> list[str]:
        words = self._sorted
        start = bisect_left(words, stem)
        end = bisect_left(words, stem + "\U0010ffff", lo=start)
        return self._by_use(words[start:end])

    def _resembling(self, stem: str) -> Sequence[str]:
        """Return the nearest words: one error in four to seven letters, two in longer ones."""
        allowed = 0 if len(stem) < 4 else 1 if len(stem) < 8 else 2
        if not allowed:
            return ()
        near = process.extract(
            stem, self._sorted, scorer=OSA.distance, score_cutoff=allowed, limit=MOST_GUESSES
        )
        if not near:
            return ()
        # People rarely miss the first letter: where another word keeps it, the rest are left.
        keeps = [found for found in near if found[0][:1] == stem[:1]] or near
        best = min(distance for _word, distance, _place in keeps)
        return self._by_use([word for word, distance, _place in keeps if distance == best])

    def _term(self, stems: Sequence[str]) -> Term[Key]:
        said = frozenset[Key]().union(*(self._said[stem] for stem in stems))
        titled = frozenset[Key]().union(*(self._titled.get(stem, set()) for stem in stems))
        return Term(said, titled, tuple(stems))

    def _by_use(self, stems: Iterable[str]) -> list[str]:
        return sorted(stems, key=lambda stem: (-len(self._said[stem]), stem))

    def _usual(self, stem: str) -> str:
        """Return how a word is mostly written, accents and all."""
        return min(self._written[stem].items(), key=lambda each: (-each[1], each[0]))[0]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._said)
