"""What a fresh installation is given: the demo edition, and a first way in to the console."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from deploy.demo import demo_programme
from deploy.demo.proposals import add_proposals, set_rules
from deploy.demo.touring import add_touring
from deploy.environment import settings_for
from services.scheduling.domain.accounts import ROLES, ensure_account, find_account
from services.scheduling.domain.importing import bring_in
from services.scheduling.domain.sign_in import create_link
from services.scheduling.domain.staffing import By, join
from services.scheduling.models import Edition, Organisation, Venue
from shared.context import ServiceContext, build_context
from shared.text import fold

__all__ = [
    "FIRST_COORDINATOR",
    "ROLES",
    "Disabled",
    "NoSuchPlace",
    "has_programme",
    "load_demo",
    "opened",
    "sign_in_link",
]

#: The account that `parvis up` prints a link for.
FIRST_COORDINATOR = "coordination@parvis.example"


@contextmanager
def opened(service: str, data: str | None) -> Iterator[ServiceContext]:
    """Give the context of one service, however Parvis runs here."""
    (settings,) = settings_for((service,), data)
    context = build_context(settings)
    try:
        yield context
    finally:
        context.database.dispose()


def has_programme(context: ServiceContext) -> bool:
    """Tell whether scheduling holds an edition already."""
    with context.database.read() as db:
        return db.scalar(sa.select(Edition.id).limit(1)) is not None


def load_demo(context: ServiceContext) -> str:
    """Bring in the demo edition, dated from today; returns a line that says what came of it."""
    now = context.clock()
    programme = demo_programme(now.astimezone(ZoneInfo("Europe/Paris")).date())
    report = bring_in(context.database, programme, now=now)
    with context.database.write() as db:
        add_touring(db, programme.edition.starts_on, now)
        set_rules(db, programme.edition.slug, now=now)
        add_proposals(db, programme.edition.slug, now=now)
    return f"{programme.edition.name_fr}: {report.summary()}"


class NoSuchPlace(Exception):
    """No organisation or venue, or more than one, has a name that was given."""


class Disabled(Exception):
    """The account is disabled: nobody gets in by it."""


def sign_in_link(
    context: ServiceContext,
    email: str,
    name: str,
    roles: Sequence[str] = (),
    *,
    organisations: Sequence[str] = (),
    venues: Sequence[str] = (),
    sees_names: bool = False,
) -> str:
    """Return a one-time link into the console for an account with these roles, made if missing.

    Without roles a new account is a coordinator's, and one that is known keeps what it has.
    `organisations` and `venues`, by name, are those that it acts for from now on, too. Raises
    `NoSuchPlace` or `Disabled`; nothing is changed then.
    """
    now = context.clock()
    with context.database.write() as db:
        known = find_account(db, email)
        if known is not None and known.disabled_at is not None:
            raise Disabled(f"The account of {known.email} is disabled; enable it in the console.")
        wanted = roles or (known.roles if known else ["coordinator"])
        account = ensure_account(db, email, name, wanted, now)
        by = By(None, now)
        for one in organisations:
            join(db, account, by, organisation_id=_named(db, Organisation, "organisation", one))
        for one in venues:
            join(db, account, by, venue_id=_named(db, Venue, "venue", one))
        if sees_names:
            account.sees_names = True
        token, _code = create_link(db, account, now)
    return f"{context.settings.public_url}/console/sign-in/{token}"


def _named(db: Session, model: type[Organisation] | type[Venue], noun: str, name: str) -> UUID:
    rows = db.execute(sa.select(model.id, model.name)).all()
    found = [row.id for row in rows if fold(row.name) == fold(name)]
    if len(found) != 1:
        many = "No" if not found else "More than one"
        raise NoSuchPlace(f"{many} {noun} is called {name!r}: write it as the console does.")
    return UUID(str(found[0]))
