"""Reports and complaints are read as their standards write them, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.reports import Report, is_hard, read_report, status_in
from tests.services.notifications.returned import complaint, dsn


def test_a_report_of_postfix_is_read():
    assert read_report(dsn()) == Report(
        "failed", "5.1.1", "550 5.1.1 <camille@example.org>: Recipient address rejected: unknown"
    )


def test_the_global_form_is_read_too():
    data = dsn().replace(b"message/delivery-status", b"message/global-delivery-status")
    assert read_report(data) == read_report(dsn())


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("failed", "5.1.1", ("failed", "5.1.1", True)),
        ("FAILED", "5.7.1", ("failed", "5.7.1", False)),
        ("failed", "4.4.1", ("failed", "4.4.1", False)),
        ("failed", "none of them", ("failed", None, False)),
        ("delayed", "4.7.1", ("delayed", "4.7.1", False)),
        ("delayed", "5.1.1", ("delayed", "5.1.1", False)),
        ("relayed", "2.0.0", ("relayed", "2.0.0", False)),
        ("delivered", "2.0.0", ("relayed", "2.0.0", False)),
        ("expanded", "2.0.0", ("relayed", "2.0.0", False)),
    ],
)
def test_action_and_status_say_what_became_of_it(action, status, expected):
    report = read_report(dsn(action=action, status=status))
    assert report is not None
    assert (report.kind, report.status, report.is_hard) == expected


def test_of_several_recipients_the_worst_counts():
    more = "\r\n\r\nFinal-Recipient: rfc822; x@example.org\r\nAction: delayed\r\nStatus: 4.2.2"
    report = read_report(dsn(more=more))
    assert report is not None
    assert report.kind == "failed"


@pytest.mark.parametrize(
    ("status", "hard"),
    [
        *((one, True) for one in ("5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.2.1", "5.4.4", "5.0.0")),
        *((one, False) for one in ("5.1.7", "5.1.8", "5.2.2", "5.3.4", "5.6.0", "5.7.1", "5.7.26")),
        *((one, False) for one in ("4.1.1", "4.2.1", "2.0.0", "", None, "15.1.1", "5.1.11")),
    ],
)
def test_only_what_is_about_the_mailbox_is_hard(status, hard):
    assert is_hard(status) is hard


def test_the_status_is_found_in_an_answer():
    answers = ("550 5.1.1 <x@example.org> unknown", "550 unknown at 192.0.2.15", "550-5.7.26 SPF")
    assert [status_in(one) for one in answers] == ["5.1.1", None, "5.7.26"]


def test_a_complaint_names_where_the_mail_came_from():
    path = "bounces+1@bounces.example.org"
    assert read_report(complaint(path)) == Report(
        "complaint", None, "SomeGenerator/1.0", (path, f"<{path}>")
    )


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus", ""])
def test_what_is_no_complaint_of_a_person_counts_for_nothing(kind):
    assert read_report(complaint("bounces+1@bounces.example.org", kind=kind)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: I am on holiday\r\n\r\nBack on Monday. Action: failed\r\nStatus: 5.1.1\r\n",
        dsn().replace(b"multipart/report", b"multipart/mixed"),
        dsn().replace(b"message/delivery-status", b"text/plain"),
        dsn().replace(b"Action: failed", b"Action: exploded"),
        b"Content-Type: multipart/report; boundary=x\r\n\r\nno part\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\n--x--\r\n",
    ],
)
def test_whatever_is_no_report_is_none(data):
    assert read_report(data) is None


def test_a_report_inside_of_the_returned_mail_is_not_believed():
    inner = dsn()
    outer = dsn(action="delayed", status="4.4.1", original=inner)
    report = read_report(outer)
    assert report is not None
    assert report.kind == "delayed"


def test_deep_nesting_ends():
    depth = 3000
    heads = b"".join(
        b"Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    assert read_report(heads) is None


@given(st.integers(0, 2000), st.binary(max_size=40))
def test_damage_is_survived(at, noise):
    whole = dsn()
    at %= len(whole)
    read_report(whole[:at] + noise + whole[at + len(noise) :])
    read_report(whole[:at])


def test_words_are_one_line_of_limited_length():
    report = read_report(dsn(words="550 5.1.1 " + "x" * 5000 + "\x07"))
    assert report is not None
    assert len(report.words) == 300
    assert report.words.isprintable()
