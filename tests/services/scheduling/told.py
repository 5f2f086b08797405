"""What an operator is told of an import, in English, to be compared as plain text."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from services.scheduling.domain.programme import Programme, Rejection
from shared.i18n import speaking, translator


@contextmanager
def english() -> Iterator[None]:
    """Speak English, as the command line does."""
    with speaking(translator("services.scheduling", "en")):
        yield


def told(rejections: Iterable[Rejection]) -> list[Rejection]:
    """Return rejections with their reasons in English."""
    with english():
        return [replace(rejection, reason=str(rejection.reason)) for rejection in rejections]


def sentences(notes: Iterable[Any]) -> list[str]:
    """Return notes in English."""
    with english():
        return [str(note) for note in notes]


def refusal_of(error: Any) -> str:
    """Return a refusal in English."""
    with english():
        return str(error)


def facts_of(programme: Programme) -> Programme:
    """Return a programme as plain values, without the lines that its records stand in."""
    return replace(
        programme,
        sessions=tuple(replace(session, line=None) for session in programme.sessions),
        rejections=tuple(replace(r, line=None) for r in told(programme.rejections)),
        notes=tuple(sentences(programme.notes)),
    )
