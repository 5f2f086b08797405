import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from shared.database import UtcDateTime
from shared.web.cursors import after, read_cursor, write_cursor
from shared.web.problems import Problem

KINDS = (datetime.fromisoformat, UUID)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_is_read_as_it_was_written(instant: datetime, identifier: UUID) -> None:
    assert read_cursor(write_cursor(instant, identifier), *KINDS) == (instant, identifier)


def test_no_cursor_is_the_beginning() -> None:
    assert read_cursor(None, *KINDS) is None
    assert read_cursor("", *KINDS) is None


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "é",
        "=",
        _encoded([]),
        _encoded("text"),
        _encoded({"a": 1}),
        _encoded(["2026-10-01T10:00:00+00:00"]),
        _encoded(["2026-10-01T10:00:00", "0" * 32]),
        _encoded([1, 2]),
        _encoded(["2026-10-01T10:00:00+00:00", None]),
        _encoded(["2026-10-01T10:00:00+00:00", "not a uuid"]),
    ],
)
def test_a_cursor_that_is_not_ours_is_a_problem(text: str) -> None:
    with pytest.raises(Problem) as raised:
        read_cursor(text, *KINDS)
    assert raised.value.code == 422
    assert list((raised.value.errors or {})["query"]) == ["cursor"]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Problem):
        read_cursor(text, *KINDS)


def test_after_goes_on_within_equal_values() -> None:
    table = sa.Table("rows", sa.MetaData(), sa.Column("at", UtcDateTime), sa.Column("id", sa.Uuid))
    start = datetime(2026, 10, 1, tzinfo=UTC)
    rows = [
        {"at": start + timedelta(hours=number // 2), "id": UUID(int=number)} for number in range(6)
    ]
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), rows)
        found = connection.execute(
            sa.select(table.c.id)
            .where(after((table.c.at, table.c.id), (rows[2]["at"], rows[2]["id"])))
            .order_by(table.c.at, table.c.id)
        )
        assert list(found.scalars()) == [row["id"] for row in rows[3:]]
    engine.dispose()
