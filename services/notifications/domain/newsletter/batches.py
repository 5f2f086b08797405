"""Batches: those who are served together, many of whom chose alike."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.domain.newsletter.news import (
    Listed,
    News,
    Window,
    news_in,
    window_of,
)
from services.notifications.domain.newsletter.periods import Frequency
from services.notifications.domain.newsletter.topics import Topics


class NewsOfBatch:
    """What is news to those who are served together: looked for once for the same choices."""

    def __init__(self, programme: Sequence[Listed], now: datetime) -> None:
        self._programme, self._now = programme, now
        self._windows: dict[tuple[datetime, datetime], Window] = {}
        self._news: dict[tuple[Topics, Frequency, datetime, datetime], News] = {}

    def news(self, topics: Topics, frequency: Frequency, since: datetime, until: datetime) -> News:
        """Return the news for these choices of what happened in that time."""
        key = (topics, frequency, since, until)
        if key not in self._news:
            span = (since, until)
            if span not in self._windows:
                self._windows[span] = window_of(
                    self._programme, since=since, until=until, now=self._now
                )
            self._news[key] = news_in(self._windows[span], topics, frequency, now=self._now)
        return self._news[key]
