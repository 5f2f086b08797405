"""What a fresh installation is given: the demo edition, and a first way in to the console."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from deploy.demo import demo_programme
from deploy.demo.proposals import add_proposals, set_rules
from deploy.demo.touring import add_touring
from deploy.environment import settings_for
from services.scheduling.domain.accounts import ROLES, ensure_account, find_account
from services.scheduling.domain.importing import bring_in
from services.scheduling.domain.sign_in import create_link
from services.scheduling.models import Edition
from shared.context import ServiceContext, build_context

__all__ = [
    "FIRST_COORDINATOR",
    "ROLES",
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


def sign_in_link(context: ServiceContext, email: str, name: str, roles: Sequence[str] = ()) -> str:
    """Return a one-time link into the console for an account with these roles, made if missing.

    Without roles a new account is a coordinator's, and one that is known keeps what it has.
    """
    now = context.clock()
    with context.database.write() as db:
        known = find_account(db, email)
        wanted = roles or (known.roles if known else ["coordinator"])
        account = ensure_account(db, email, name, wanted, now)
        token, _code = create_link(db, account, now)
    return f"{context.settings.public_url}/console/sign-in/{token}"
