"""Where undelivered mail comes back to is read from the environment, with every fault named."""

import pytest

from shared.settings import SettingsError, read_settings

ENVIRON = {
    "NOTIFICATIONS_DATABASE_URL": "sqlite://",
    "SECRET_KEY": "0123456789abcdef" * 2,
    "MAIL_RETURN_PATH": "Bounces.Festival.example",
}


def read(**changes: str):
    settings = read_settings("notifications", {**ENVIRON, **changes})
    return settings.mail_return_path, settings.bounce_listen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("127.0.0.1:2525", ("127.0.0.1", 2525)),
        ("[::1]:2525", ("::1", 2525)),
        ("localhost:25", ("localhost", 25)),
    ],
)
def test_the_address_to_listen_on_is_a_host_and_a_port(text, expected):
    assert read(BOUNCE_LISTEN=text) == ("bounces.festival.example", expected)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"BOUNCE_LISTEN": "2525"}, "BOUNCE_LISTEN must be host:port, such as 127.0.0.1:2525"),
        ({"BOUNCE_LISTEN": ":2525"}, "BOUNCE_LISTEN must be host:port, such as 127.0.0.1:2525"),
        ({"BOUNCE_LISTEN": "x:0"}, "BOUNCE_LISTEN must be host:port, such as 127.0.0.1:2525"),
        ({"BOUNCE_LISTEN": "x:99999"}, "BOUNCE_LISTEN must be host:port, such as 127.0.0.1:2525"),
        (
            {"BOUNCE_LISTEN": "x:25", "MAIL_RETURN_PATH": ""},
            "MAIL_RETURN_PATH is not set, which BOUNCE_LISTEN needs",
        ),
        (
            {"MAIL_RETURN_PATH": "bounces@x.example"},
            "MAIL_RETURN_PATH must be a domain, such as bounces.example.org",
        ),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set, which MAIL_RETURN_PATH needs"),
    ],
)
def test_what_cannot_work_is_named(changes, problem):
    with pytest.raises(SettingsError) as refused:
        read(**changes)
    assert refused.value.problems == [problem]
