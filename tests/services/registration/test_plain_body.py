"""The quick way says the same as the schema, or nothing."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.registration.plain_body import load_plain
from services.registration.schemas import InvalidBody, RegistrationBody, load

SESSION = str(uuid4())
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 50),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
)
EMAILS = st.one_of(
    st.sampled_from(["camille@example.org", "Camille@exämple.org", "a@b", "a..b@c.fr", " a@b.fr"]),
    st.emails(),
    ODD,
)
PARTIES = st.one_of(
    st.dictionaries(st.sampled_from(["adults", "children", "dogs"]), st.integers(-1, 45)), ODD
)
BOOKINGS = st.one_of(
    st.fixed_dictionaries(
        {"session_id": st.one_of(st.sampled_from([SESSION, SESSION.upper()]), st.uuids().map(str)),
         "party": PARTIES},
        optional={"if_full": st.one_of(st.sampled_from(["refuse", "waitlist"]), ODD), "x": ODD,
                  "wheelchairs": st.one_of(st.integers(0, 3), ODD),
                  "sign_language": ODD, "answers": ODD},
    ),
    ODD,
)  # fmt: skip
BODIES = st.one_of(
    st.fixed_dictionaries(
        {"email": EMAILS, "name": st.one_of(st.text(), ODD),
         "bookings": st.one_of(st.lists(BOOKINGS, max_size=3), ODD)},
        optional={"locale": st.one_of(st.sampled_from(["fr", "en"]), ODD), "x": ODD,
                  "telephone": st.one_of(st.sampled_from(["06 12 34 56 78", "1"]), ODD)},
    ),
    ODD,
)  # fmt: skip


def plain(**changes):
    booking = {"session_id": SESSION, "party": {"adults": 2, "children": 0}}
    return {"email": "camille@example.org", "name": "Zoé", "bookings": [booking], **changes}


@given(BODIES)
def test_what_it_loads_the_schema_loads_alike(body):
    loaded = load_plain(body)
    if loaded is not None:
        assert loaded == load(RegistrationBody(), body)


def test_ordinary_bodies_are_plain():
    waiting = {"session_id": SESSION, "party": {"pupils": 30}, "if_full": "waitlist"}
    rolling = {**waiting, "wheelchairs": 1, "sign_language": True}
    for body in (
        plain(),
        plain(locale="en", telephone="06 12 34 56 78"),
        plain(bookings=[waiting]),
        plain(bookings=[rolling]),
    ):
        assert load_plain(body) == load(RegistrationBody(), body)


def test_faults_are_left_to_the_schema():
    booking = plain()["bookings"][0]
    for body in (
        plain(name=""),
        plain(email="nobody"),
        plain(locale="de"),
        plain(bookings=[]),
        plain(bookings=[booking, booking]),
        plain(bookings=[{**booking, "party": {"adults": 41}}]),
        plain(extra=1),
    ):
        assert load_plain(body) is None
        try:
            load(RegistrationBody(), body)
        except InvalidBody:
            continue
        raise AssertionError(body)
