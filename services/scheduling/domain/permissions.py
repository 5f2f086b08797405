"""Who may do what: every rule about roles stands here, as tables and pure functions.

A coordinator does everything. An organiser edits what its organisations propose, a venue manager
its venues; a reader reads. Pages and the API ask `may`; what is written is checked once more when
it is flushed (`pages/guarding.py`), so that no page can forget to.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

#: What an account may be allowed to be; somebody can be several.
ROLES = ("coordinator", "organiser", "venue", "door", "reader")

#: Who reads the whole working copy.
READERS = frozenset({"coordinator", "organiser", "reader"})

#: What organisers do with what is their organisations'.
_ORGANISER = {
    "organisations": {"change"},
    "activities": {"create", "change", "delete"},
    "sessions": {"create", "change", "delete"},
    "presenters": {"create", "change", "delete"},
    "resources": {"create", "change", "delete"},
    "venues": {"change"},
    "spaces": {"create", "change", "delete"},
}

#: What venue managers do with what is their venues'.
_VENUE = {
    "venues": {"change"},
    "spaces": {"create", "change", "delete"},
}

#: Of what venue managers see their own.
_VENUE_READS = frozenset({"venues", "spaces", "sessions"})

#: What a program may still do, by the roles that its maker has by now.
_SCOPES = {
    "programme:read": READERS,
    "programme:write": frozenset({"coordinator", "organiser"}),
    "releases:write": frozenset({"coordinator"}),
    "imports:write": frozenset({"coordinator"}),
    "registrations:read": frozenset({"coordinator", "organiser", "venue"}),
    "registrations:write": frozenset({"coordinator", "organiser"}),
    "desk:write": frozenset({"coordinator", "organiser", "venue"}),
    "door:read": frozenset({"coordinator", "organiser", "venue", "door"}),
    "mails:read": frozenset({"coordinator"}),
    "accounts:read": frozenset({"coordinator", "organiser"}),
    "accounts:write": frozenset({"coordinator", "organiser"}),
}


class Viewer(Protocol):
    """Who asks: somebody signed in, or a program in the name of whoever made its token."""

    @property
    def roles(self) -> Collection[str]:
        """What they are."""

    @property
    def organisation_ids(self) -> Collection[UUID]:
        """The organisations that they act for."""

    @property
    def venue_ids(self) -> Collection[UUID]:
        """The venues that they act for."""


@dataclass(frozen=True)
class Owners:
    """Whose something is: the organisations and the venues that it belongs to."""

    organisations: frozenset[UUID] = frozenset()
    venues: frozenset[UUID] = frozenset()


NOBODY = Owners()


def may(viewer: Viewer, action: str, noun: str, owners: Owners = NOBODY) -> bool:
    """Tell whether somebody may `read`, `create`, `change` or `delete` an object of this noun.

    `contacts` is seeing its telephone numbers and addresses for the staff. Nouns are the names of
    tables. What belongs to several must be all theirs to be changed.
    """
    if "coordinator" in viewer.roles:
        return True
    if action == "read":
        own = bool(owners.venues & frozenset(viewer.venue_ids))
        is_their_venue = "venue" in viewer.roles and noun in _VENUE_READS and own
        return bool(READERS & set(viewer.roles)) or is_their_venue
    if action == "contacts":
        return "reader" in viewer.roles or _is_of(viewer, owners)
    if "organiser" in viewer.roles and action in _ORGANISER.get(noun, ()):
        theirs = frozenset(viewer.organisation_ids)
        if owners.organisations and owners.organisations <= theirs:
            return True
    if "venue" in viewer.roles and action in _VENUE.get(noun, ()):
        return bool(owners.venues) and owners.venues <= frozenset(viewer.venue_ids)
    return False


def may_ever(viewer: Viewer, action: str, noun: str) -> bool:
    """Tell whether somebody may do it with something: with what is theirs, if they have any."""
    mine = Owners(frozenset(viewer.organisation_ids), frozenset())
    ours = Owners(frozenset(), frozenset(viewer.venue_ids))
    return may(viewer, action, noun, mine) or may(viewer, action, noun, ours)


def roles_for(action: str, noun: str) -> tuple[str, ...]:
    """Return the roles that may do it with something, in the order of `ROLES`."""
    allowed = {"coordinator"}
    if action == "read":
        allowed |= READERS | ({"venue"} if noun in _VENUE_READS else set())
    if action in _ORGANISER.get(noun, ()):
        allowed.add("organiser")
    if action in _VENUE.get(noun, ()):
        allowed.add("venue")
    return tuple(role for role in ROLES if role in allowed)


def may_invite_to(viewer: Viewer, organisation_id: UUID) -> bool:
    """Tell whether somebody may bring colleagues into an organisation: one of their own."""
    own = "organiser" in viewer.roles and organisation_id in viewer.organisation_ids
    return "coordinator" in viewer.roles or own


def scopes_left(roles: Iterable[str], scopes: Iterable[str]) -> tuple[str, ...]:
    """Return those of a token's scopes that its maker's roles still cover."""
    held = frozenset(roles)
    return tuple(scope for scope in scopes if held & _SCOPES.get(scope, frozenset()))


def _is_of(viewer: Viewer, owners: Owners) -> bool:
    organisations = frozenset(viewer.organisation_ids) if "organiser" in viewer.roles else set()
    venues = frozenset(viewer.venue_ids) if "venue" in viewer.roles else set()
    return bool(owners.organisations & organisations or owners.venues & venues)
