"""Ways in: links and codes are good once, for a while, and tell nobody who has an account."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.accounts import UnknownRole, ensure_account
from services.scheduling.domain.one_time_codes import MOST_ATTEMPTS
from services.scheduling.domain.sign_in import (
    create_link,
    find_sign_in,
    forget_expired,
    is_live_link,
    is_revoked,
    request_sign_in,
    revoke,
    sign_in_by_code,
    sign_in_by_link,
)
from services.scheduling.models import Account, SignIn, SignInCode
from shared.context import ServiceContext
from shared.contracts.scheduling import SIGN_IN_REQUESTED
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW

EMAIL = "ada@parvis.example"
PAGE = "https://parvis.example/console/sign-in"


def _link(context: ServiceContext) -> tuple[str, str]:
    with context.database.write() as db:
        account = ensure_account(db, EMAIL, "Ada Martin", ["coordinator"], NOW)
        return create_link(db, account, NOW)


def _by_link(context: ServiceContext, token: str, now: Any = NOW) -> bool:
    with context.database.write() as db:
        return sign_in_by_link(db, token, now) is not None


def _by_code(context: ServiceContext, code: str, now: Any = NOW, email: str = EMAIL) -> bool:
    with context.database.write() as db:
        return sign_in_by_code(db, email, code, now) is not None


def _events(context: ServiceContext) -> list[Any]:
    with context.database.read() as db:
        return list(db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.row)))


def test_an_account_is_made_once_and_gains_roles(context: ServiceContext) -> None:
    with context.database.write() as db:
        first = ensure_account(db, " Ada@Parvis.example ", "Ada", ["reader"], NOW)
        again = ensure_account(db, EMAIL, "Somebody", ["reader", "door"], NOW)
        assert (again.id, again.email, again.name) == (first.id, EMAIL, "Ada")
        assert again.roles == ["reader", "door"]
        with pytest.raises(UnknownRole, match="'king'"):
            ensure_account(db, EMAIL, "Ada", ["king"], NOW)
    with context.database.read() as db:
        assert db.scalars(sa.select(Account.roles)).all() == [["reader", "door"]]


def test_a_link_is_good_once(context: ServiceContext) -> None:
    token, _code = _link(context)
    with context.database.read() as db:
        assert is_live_link(db, token, NOW)
    assert _by_link(context, token)
    assert not _by_link(context, token)
    with context.database.read() as db:
        assert not is_live_link(db, token, NOW)


def test_a_code_is_good_once_and_uses_up_its_link(context: ServiceContext) -> None:
    token, code = _link(context)
    assert _by_code(context, code)
    assert not _by_code(context, code)
    assert not _by_link(context, token)


def test_a_code_may_be_typed_as_it_was_read_out(context: ServiceContext) -> None:
    _token, code = _link(context)
    typed = f" {code[:4].lower()}-{code[4:]} ".replace("0", "o").replace("1", "l")
    assert _by_code(context, typed)


def test_links_and_codes_last_fifteen_minutes(context: ServiceContext) -> None:
    token, code = _link(context)
    late = NOW + timedelta(minutes=15)
    assert not _by_link(context, token, late)
    assert not _by_code(context, code, late)
    assert _by_link(context, token, late - timedelta(seconds=1))


def test_after_five_wrong_codes_only_the_link_works(context: ServiceContext) -> None:
    token, code = _link(context)
    for _ in range(MOST_ATTEMPTS):
        assert not _by_code(context, "00000000")
    assert not _by_code(context, code)
    assert _by_link(context, token)


def test_asking_for_more_codes_gives_no_more_tries_on_the_first(context: ServiceContext) -> None:
    _token, first = _link(context)
    for _ in range(MOST_ATTEMPTS):
        _link(context)
        assert not _by_code(context, "00000000")
    assert not _by_code(context, first)


def test_an_earlier_code_still_works_after_another_was_asked_for(context: ServiceContext) -> None:
    _token, first = _link(context)
    _link(context)
    assert _by_code(context, first)


def test_a_code_opens_no_other_account(context: ServiceContext) -> None:
    _token, code = _link(context)
    with context.database.write() as db:
        ensure_account(db, "eve@parvis.example", "Eve", ["reader"], NOW)
    assert not _by_code(context, code, email="eve@parvis.example")
    assert not _by_code(context, code, email="nobody@parvis.example")


def test_what_is_stored_is_neither_the_token_nor_the_code(context: ServiceContext) -> None:
    token, code = _link(context)
    with context.database.write() as db:
        started = sign_in_by_link(db, token, NOW)
        assert started is not None
    with context.database.read() as db:
        stored = [*db.execute(sa.select(SignInCode.token_hash, SignInCode.code_hash)).one()]
        stored += db.scalars(sa.select(SignIn.token_hash)).all()
    assert not {token, code, started.token} & set(stored)


def test_a_request_is_told_to_notifications_with_its_end(context: ServiceContext) -> None:
    with context.database.write() as db:
        account = ensure_account(db, EMAIL, "Ada Martin", ["coordinator"], NOW)
        assert request_sign_in(db, "ADA@parvis.example", NOW, page=PAGE, locale="en")
    (event,) = _events(context)
    expires_at = NOW + timedelta(minutes=15)
    link, code = event.data["link"], event.data["code"]
    assert (event.type, event.expires_at) == (SIGN_IN_REQUESTED.type, expires_at)
    assert event.data == {
        "account_id": str(account.id),
        "email": EMAIL,
        "locale": "en",
        "link": link,
        "code": code,
        "expires_at": expires_at.isoformat(),
    }
    assert link.startswith(f"{PAGE}/")
    assert _by_link(context, link.removeprefix(f"{PAGE}/"))


def test_an_unknown_address_is_sent_nothing(context: ServiceContext) -> None:
    with context.database.write() as db:
        assert not request_sign_in(db, "nobody@parvis.example", NOW, page=PAGE)
    assert _events(context) == []


def test_a_sign_in_lasts_twelve_hours_unless_it_is_ended(context: ServiceContext) -> None:
    token, _code = _link(context)
    with context.database.write() as db:
        started = sign_in_by_link(db, token, NOW)
        assert started is not None
    later = NOW + timedelta(hours=12)
    with context.database.write() as db:
        found = find_sign_in(db, started.token, later - timedelta(seconds=1))
        assert found is not None
        assert (found.id, found.account.email) == (started.sign_in.id, EMAIL)
        assert find_sign_in(db, started.token, later) is None
        assert not is_revoked(db, found.id)
        assert revoke(db, found.id, NOW)
        assert not revoke(db, found.id, NOW)
        assert is_revoked(db, found.id)
        assert find_sign_in(db, started.token, NOW) is None
    (event,) = _events(context)
    assert event.type == "scheduling.sign_in_revoked"
    assert event.data == {
        "sign_in_id": str(started.sign_in.id),
        "account_id": str(started.account.id),
    }


def test_what_has_long_expired_is_forgotten(context: ServiceContext) -> None:
    token, _code = _link(context)
    _link(context)
    assert _by_link(context, token)
    for hours, left in ((24, (2, 1)), (25, (0, 1)), (37, (0, 0))):
        with context.database.write() as db:
            forget_expired(db, NOW + timedelta(hours=hours, seconds=1))
        with context.database.read() as db:
            counts = (sa.select(sa.func.count()).select_from(t) for t in (SignInCode, SignIn))
            assert tuple(db.scalar(count) for count in counts) == left
