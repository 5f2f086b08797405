"""The bookings of a registration as its page shows them, and what the page is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.registration.manage_queries import BookingPage
from services.registration.pages.booking_form import FilledForm

#: Why a booking ended that its contact did not cancel, nor the organisers the session.
OUTCOMES = ("declined", "expired", "unanswered", "moved")


@dataclass(frozen=True)
class Card:
    """One booking as the page shows it, with the form that changes its party."""

    booking: BookingPage
    form: FilledForm
    categories: tuple[str, ...]
    is_over: bool

    registered_at: datetime

    @property
    def is_off(self) -> bool:
        """Tell whether nobody is awaited: it ended, or the organisers cancelled it."""
        is_gone = self.booking.status == "cancelled" or self.booking.is_offer_over
        return is_gone or self.is_called_off

    @property
    def outcome(self) -> str | None:
        """Return how what was offered or asked ended (`OUTCOMES`)."""
        if self.booking.is_offer_over:
            return "expired"
        reason = self.booking.ended_for
        return reason if reason in OUTCOMES else None

    @property
    def waits_in_vain(self) -> bool:
        """Tell whether registration closed while the party was waiting."""
        return self._waits and self.booking.session.availability == "started"

    @property
    def waits(self) -> bool:
        """Tell whether the party waits, and may still be offered a place."""
        return self._waits and not self.waits_in_vain

    @property
    def _waits(self) -> bool:
        return self.booking.status == "waitlisted" and not self.is_off and not self.is_over

    @property
    def is_called_off(self) -> bool:
        """Tell whether the organisers cancelled it, while the contact still meant to come."""
        if self.booking.status == "cancelled":
            return self.booking.ended_for == "organiser"
        return self.booking.session.availability == "cancelled"

    @property
    def is_held_after_all(self) -> bool:
        """Tell whether the session takes place again, after the booking was ended with it."""
        was_called_off = self.booking.ended_for == "organiser"
        return was_called_off and self.booking.session.availability != "cancelled"

    @property
    def is_moved(self) -> bool:
        """Tell whether time or place changed since the contact registered."""
        moved_at = self.booking.session.moved_at
        return not self.is_off and moved_at is not None and moved_at > self.registered_at

    @property
    def can_change(self) -> bool:
        """Tell whether the party may change."""
        return not self.is_off and not self.is_over

    @property
    def can_cancel(self) -> bool:
        """Tell whether there is something to give up."""
        return self.can_change


def page_state(cards: Sequence[Card]) -> str:
    """Return what the page is about.

    `confirmed`, `offered` or `waiting`, whichever comes first for a session that is still to come;
    `over` when all are; `cancelled`, `off` (by the organisers), or the outcome of all (`OUTCOMES`)
    when nobody is awaited any more.
    """
    alive = [card for card in cards if not card.is_off]
    if not alive:
        if any(card.is_called_off for card in cards):
            return "off"
        outcomes = {card.outcome for card in cards if card.outcome != "moved"}
        return (outcomes.pop() or "cancelled") if len(outcomes) == 1 else "cancelled"
    if all(card.is_over for card in alive):
        return "over"
    if any(card.booking.status == "confirmed" for card in alive):
        return "confirmed"
    return "offered" if any(card.booking.is_offered for card in alive) else "waiting"
