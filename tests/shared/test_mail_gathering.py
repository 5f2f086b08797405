"""How long news wait is a setting."""

from datetime import timedelta

import pytest

from shared.settings import SettingsError, read_settings

URLS = {"NOTIFICATIONS_DATABASE_URL": "sqlite:///n.sqlite"}


@pytest.mark.parametrize(("text", "seconds"), [("", 300), ("0", 0), ("2.5", 2.5), ("86400", 86400)])
def test_it_is_a_number_of_seconds(text: str, seconds: float) -> None:
    settings = read_settings("notifications", {**URLS, "MAIL_GATHERING_SECONDS": text})
    assert settings.mail_gathering == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["soon", "-1", "86401", "nan"])
def test_anything_else_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings("notifications", {**URLS, "MAIL_GATHERING_SECONDS": text})
    assert refused.value.problems == [
        "MAIL_GATHERING_SECONDS must be a number of seconds, from 0 to 86400"
    ]
