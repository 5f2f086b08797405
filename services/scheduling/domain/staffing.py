"""Staffing: who is let in as what, by whom; every step is in the history of the account.

Whoever loses something is signed out everywhere, so that it is lost at once: the cookies of the
other services would go on saying it for a quarter of an hour. Tokens follow by themselves; private
calendars that they made of what they act for no longer lead nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain import feed_tokens, history, sign_in, tokens
from services.scheduling.domain.accounts import ROLES, ensure_account, find_account
from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import email as email_field
from services.scheduling.domain.editing.fields import line
from services.scheduling.domain.editing.revisions import Invalid, Unknown
from services.scheduling.domain.mailed_invitations import mail_invitation
from services.scheduling.domain.memberships import (
    MOST,
    Rights,
    add_membership,
    rights_of,
    set_memberships,
)
from services.scheduling.models import Account, Membership, Organisation, Venue
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

NEW = {"name": line(120, required=True), "email": email_field()}


class Refused(Exception):
    """What must not be done to an account; `sentence` says why, `field` where it was asked for."""

    def __init__(self, sentence: LazyText, field: str = "roles") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True)
class By:
    """Who does it, and when; no account is a command."""

    account_id: UUID | None
    now: datetime


@dataclass(frozen=True)
class Standing:
    """What an account is to be allowed."""

    roles: frozenset[str]
    organisations: frozenset[UUID] = field(default_factory=frozenset)
    venues: frozenset[UUID] = field(default_factory=frozenset)
    sees_names: bool = False


def standing_of(
    roles: Iterable[str],
    organisations: Iterable[UUID],
    venues: Iterable[UUID],
    *,
    sees_names: bool,
) -> Standing:
    """Return what is asked for: a role that is not held has no place."""
    held = frozenset(roles)
    return Standing(
        held,
        frozenset(organisations) if "organiser" in held else frozenset(),
        frozenset(venues) if "venue" in held else frozenset(),
        sees_names,
    )


def invite(
    db: DbSession,
    values: dict[str, Any],
    standing: Standing,
    by: By,
    *,
    page: str,
    locale: str = "fr",
) -> Account:
    """Let somebody in, and mail them a way in that says who invites them, and to what.

    One who has an account already keeps what it allows and gains this. `page` is the public address
    of the sign-in page. Raises `Invalid`, or `Refused` to who would gain something by themselves.
    """
    draft = Draft(NEW, values)
    if draft.has("email") and not draft["email"]:
        draft.fault("email", _("Indiquez son adresse électronique."))
    cleaned = draft.values()
    known = find_account(db, cleaned["email"])
    if known is not None and known.disabled_at is not None:
        raise Invalid(
            {"email": _("Ce compte est désactivé : réactivez-le depuis la liste des comptes.")}
        )
    before = rights_of(db, known) if known else None
    account = ensure_account(db, cleaned["email"], cleaned["name"], (), by.now, locale)
    whole = Standing(
        standing.roles | frozenset(account.roles),
        standing.organisations | frozenset(before.organisation_ids if before else ()),
        standing.venues | frozenset(before.venue_ids if before else ()),
        standing.sees_names or account.sees_names,
    )
    if before is not None:
        _refuse_to_gain(account, before, whole, by)
    _check(db, account, whole)
    _store(db, account, whole)
    _note(db, account, "invited", before, by)
    if before is not None:
        tokens.tell_rights(db, account, by.now)
    mail_invitation(db, account, inviter_id=by.account_id, now=by.now, page=page)
    return account


def change_standing(db: DbSession, account_id: UUID, standing: Standing, by: By) -> Account:
    """Give an account exactly this standing. Raises `Unknown`, `Invalid` or `Refused`.

    Nobody takes the coordination from themselves or grants themselves what shows names, and one
    coordinator stays whatever happens.
    """
    account = _take(db, account_id)
    if "coordinator" in account.roles and "coordinator" not in standing.roles:
        _refuse_to_lose_coordinator(db, account, by)
    before = rights_of(db, account)
    _refuse_to_gain(account, before, standing, by)
    _check(db, account, standing)
    _store(db, account, standing)
    after = rights_of(db, account)
    if after != before:
        _note(db, account, "changed", before, by)
        tokens.tell_rights(db, account, by.now)
        feed_tokens.revoke_feeds_lost(db, account, by.now)
        if _has_lost(before, after) and account.id != by.account_id:
            sign_in.revoke_all(db, account.id, by.now)
    return account


def rename(db: DbSession, account_id: UUID, name: str, by: By) -> Account:
    """Give an account another name. Raises `Unknown` or `Invalid`."""
    account = _take(db, account_id)
    cleaned = Draft({"name": NEW["name"]}, {"name": name}).values()["name"]
    if cleaned != account.name:
        told: dict[str, Any] = {"before": {"name": account.name}, "after": {"name": cleaned}}
        account.name = cleaned
        history.note(db, "accounts", account.id, "changed", cleaned, **told, **vars(by))
    return account


def disable(db: DbSession, account_id: UUID, by: By) -> Account:
    """Let an account in no longer: its sign-ins and private calendars end, and its tokens are
    refused, at once.

    Raises `Unknown` or `Refused`.
    """
    account = _take(db, account_id)
    if account.id == by.account_id:
        raise Refused(_("Vous ne pouvez pas désactiver votre propre compte."))
    if account.disabled_at is None:
        if "coordinator" in account.roles:
            _refuse_to_lose_coordinator(db, account, by)
        account.disabled_at = by.now
        sign_in.revoke_all(db, account.id, by.now)
        tokens.revoke_all(db, account.id, by.now)
        feed_tokens.revoke_feeds_made(db, account.id, by.now)
        _note(db, account, "disabled", None, by)
    return account


def enable(db: DbSession, account_id: UUID, by: By) -> Account:
    """Let a disabled account in again; what was revoked stays so. Raises `Unknown`."""
    account = _take(db, account_id)
    if account.disabled_at is not None:
        account.disabled_at = None
        _note(db, account, "enabled", None, by)
    return account


def leave_organisation(db: DbSession, account_id: UUID, organisation_id: UUID, by: By) -> None:
    """Let an account act for an organisation no longer. Raises `Unknown` or `Refused`."""
    account = _take(db, account_id)
    if account.id == by.account_id:
        raise Refused(_("Vous ne pouvez pas vous retirer vous-même : demandez-le à un collègue."))
    before = rights_of(db, account)
    db.execute(
        sa.delete(Membership).where(
            Membership.account_id == account.id, Membership.organisation_id == organisation_id
        )
    )
    if rights_of(db, account) != before:
        _note(db, account, "changed", before, by)
        tokens.tell_rights(db, account, by.now)
        feed_tokens.revoke_feeds_lost(db, account, by.now)
        sign_in.revoke_all(db, account.id, by.now)


def join(
    db: DbSession,
    account: Account,
    by: By,
    *,
    organisation_id: UUID | None = None,
    venue_id: UUID | None = None,
) -> None:
    """Let an account act for an organisation or a venue too."""
    before = rights_of(db, account)
    if add_membership(db, account.id, organisation_id=organisation_id, venue_id=venue_id):
        _note(db, account, "changed", before, by)
        tokens.tell_rights(db, account, by.now)


def _take(db: DbSession, account_id: UUID) -> Account:
    taken = sa.select(Account).where(Account.id == account_id).with_for_update()
    account = db.scalars(taken.execution_options(populate_existing=True)).one_or_none()
    if account is None:
        raise Unknown(str(account_id))
    return account


def _check(db: DbSession, account: Account, standing: Standing) -> None:
    faults: dict[str, LazyText | str] = {}
    if not standing.roles or not standing.roles <= set(ROLES):
        faults["roles"] = _("Choisissez au moins un rôle.")
    if "organiser" in standing.roles and not standing.organisations:
        faults["organisations"] = _("Dites de quelle structure, sinon rien ne lui est ouvert.")
    if "venue" in standing.roles and not standing.venues:
        faults["venues"] = _("Dites de quel lieu, sinon rien ne lui est ouvert.")
    if len(standing.organisations) + len(standing.venues) > MOST:
        faults["organisations"] = _(
            "C’est trop pour un compte, %(n)s au plus : le rôle de coordination voit tout.", n=MOST
        )
    for name, model in (("organisations", Organisation), ("venues", Venue)):
        wanted = getattr(standing, name)
        known = sa.select(sa.func.count()).where(model.id.in_(wanted))
        if wanted and db.scalar(known) != len(wanted):
            faults[name] = _("Ce choix n’existe pas, ou plus.")
    if faults:
        raise Invalid(faults)


def _store(db: DbSession, account: Account, standing: Standing) -> None:
    account.roles = [role for role in ROLES if role in standing.roles]
    account.sees_names = standing.sees_names
    organisations = standing.organisations if "organiser" in standing.roles else ()
    venues = standing.venues if "venue" in standing.roles else ()
    set_memberships(db, account.id, organisations, venues)


def _refuse_to_gain(account: Account, before: Rights, standing: Standing, by: By) -> None:
    """Refuse to give oneself the names, or a place or a role that shows those of its sessions."""
    if account.id != by.account_id:
        return
    gained = {
        "sees_names": standing.sees_names and not before.sees_names,
        "roles": (standing.roles - set(before.roles)) & {"organiser", "venue"},
        "organisations": standing.organisations - set(before.organisation_ids),
        "venues": standing.venues - set(before.venue_ids),
    }
    for name, what in gained.items():
        if what:
            sentence = _("Ce droit, une autre personne à la coordination vous le donne.")
            raise Refused(sentence, name)


def _refuse_to_lose_coordinator(db: DbSession, account: Account, by: By) -> None:
    if account.id == by.account_id:
        raise Refused(
            _(
                "Vous ne pouvez pas vous retirer la coordination : demandez-le à une autre"
                " personne qui l’a."
            )
        )
    others = db.scalars(
        sa.select(Account)
        .where(Account.disabled_at.is_(None), Account.id != account.id)
        .order_by(Account.id)
        .with_for_update()
    )
    if not any("coordinator" in other.roles for other in others):
        raise Refused(_("C’est la dernière personne à la coordination : nommez-en une autre."))


def _has_lost(before: Rights, after: Rights) -> bool:
    names = ("roles", "organisation_ids", "venue_ids")
    fewer = any(set(getattr(before, name)) - set(getattr(after, name)) for name in names)
    return fewer or (before.sees_names and not after.sees_names)


def _note(db: DbSession, account: Account, action: str, before: Rights | None, by: By) -> None:
    after = rights_of(db, account)
    old, new = (vars(before) if before else {}), vars(after)
    differing = [name for name in new if old.get(name) != new[name] and (before or new[name])]
    plain = {name: _plain(old.get(name)) for name in differing} if before else {}
    history.note(
        db,
        "accounts",
        account.id,
        action,
        account.name,
        before=plain,
        after={} if action in ("disabled", "enabled") else {k: _plain(new[k]) for k in differing},
        **vars(by),
    )


def _plain(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, Iterable) else value
