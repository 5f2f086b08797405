"""`parvis token`: a token of the JSON API for a program, made without the console."""

from collections.abc import Sequence

from services.scheduling.domain.accounts import ensure_account, find_account
from services.scheduling.domain.tokens import issue
from shared.api_tokens import SCOPES
from shared.context import ServiceContext
from shared.identifiers import new_id

__all__ = ["SCOPES", "make_token"]


def make_token(
    context: ServiceContext, email: str, name: str, scopes: Sequence[str], days: int | None
) -> str:
    """Return the value of a new token of a coordinator's, whose account is made if missing.

    A known account keeps the roles that it has. The token is listed in the console, where it can be
    revoked; its value is known to nobody else.
    """
    now = context.clock()
    with context.database.write() as db:
        known = find_account(db, email)
        account = known or ensure_account(db, email, email, ["coordinator"], now)
        issued = issue(
            db,
            token_id=new_id(),
            account_id=account.id,
            name=name,
            scopes=scopes,
            days=days,
            now=now,
        )
    assert issued is not None  # noqa: S101 - its id is new
    return issued.value
