"""Where a webhook may lead: an address that whoever registers it could reach without us."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.webhooks.public_addresses import is_public
from services.notifications.domain.webhooks.targets import Target, UnusableTarget, read_target

#: IANA's registries of special-purpose addresses, and what else no webhook is sent to.
SPECIAL_IPV4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
SPECIAL_IPV6 = [
    IPv6Network(text)
    for text in (
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:2::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]

ipv4 = st.ip_addresses(v=4)
special_ipv4 = st.sampled_from(SPECIAL_IPV4).flatmap(lambda net: st.ip_addresses(network=net))
special_ipv6 = st.sampled_from(SPECIAL_IPV6).flatmap(lambda net: st.ip_addresses(network=net))


def carriers(address: IPv4Address) -> list[IPv6Address]:
    """Return the addresses of IPv6 that lead to this one of IPv4: NAT64, and IPv4-mapped."""
    return [
        IPv6Address((0x64FF9B << 96) | int(address)),
        IPv6Address((0xFFFF << 32) | int(address)),
    ]


def tunnels(address: IPv4Address) -> list[IPv6Address]:
    """Return the addresses of tunnels to it: 6to4, Teredo (its server), IPv4-compatible."""
    number = int(address)
    return [
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
        IPv6Address((0x2001 << 112) | (number << 64) | (number ^ 0xFFFFFFFF)),
        IPv6Address(number),
    ]


@given(special_ipv4)
def test_no_special_address_is_public_however_it_is_carried(address: IPv4Address) -> None:
    ways = [address, *carriers(address), *tunnels(address)]
    assert [str(way) for way in ways if is_public(str(way))] == []


@given(special_ipv6)
def test_no_special_network_of_ipv6_is_public(address: IPv6Address) -> None:
    assert not is_public(str(address))


@given(ipv4)
def test_what_carries_an_address_is_as_public_as_it(address: IPv4Address) -> None:
    public = not any(address in network for network in SPECIAL_IPV4)
    assert is_public(str(address)) == public
    assert [is_public(str(way)) for way in carriers(address)] == [public, public]
    assert [is_public(str(way)) for way in tunnels(address)] == [False] * 3


@given(st.ip_addresses())
def test_nothing_is_public_that_the_registry_calls_private(address: object) -> None:
    found = ip_address(str(address))
    carried = int(found) >> 32 in (0xFFFF, 0x64FF9B << 64)
    if is_public(str(found)) and not (found.version == 6 and carried):
        faults = ("private", "multicast", "loopback", "link_local", "unspecified", "reserved")
        assert found.is_global
        assert [name for name in faults if getattr(found, f"is_{name}")] == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2a01:e0a::1", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:80", "fe80::1%eth0", "2a01::1%1"])
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://agenda.example.org", Target("agenda.example.org", 443, "/")),
        ("https://Agenda.Example.org.:443/a", Target("agenda.example.org", 443, "/a")),
        ("https://agenda.example.org:8443/?k=é", Target("agenda.example.org", 8443, "/?k=%C3%A9")),
    ],
)
def test_an_address_is_read(url: str, target: Target) -> None:
    assert read_target(url) == target


def test_a_name_with_accents_is_written_in_ascii_and_a_fragment_dropped() -> None:
    target = read_target("https://musée.example/été#suite")
    assert target.url == "https://" + "musée.example".encode("idna").decode() + "/%C3%A9t%C3%A9"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://agenda.example.org/", "https"),
        ("ftp://agenda.example.org/", "https"),
        ("agenda.example.org", "https"),
        ("https://me:secret@agenda.example.org/", "credentials"),
        ("https://agenda.example.org@127.0.0.1/", "credentials"),
        ("https://agenda.example.org:22/", "port"),
        ("https://agenda.example.org:80/", "port"),
        ("https://agenda.example.org:99999/", "malformed"),
        ("https://127.0.0.1/", "number"),
        ("https://127.1/", "number"),
        ("https://2130706433/", "number"),
        ("https://0x7f000001/", "number"),
        ("https://0x7f.1/", "number"),
        ("https://[::1]/", "number"),
        ("https://[::ffff:169.254.169.254]/", "number"),
        ("https://localhost/", "private"),
        ("https://LOCALHOST./", "private"),
        ("https://x.localhost/", "private"),
        ("https://printer.local/", "private"),
        ("https://metadata.google.internal/", "private"),
        ("https://intranet/", "private"),
        ("https:///path", "malformed"),
        ("https://agenda..org/", "malformed"),
        ("https://agenda.example.org/a\r\nX: y", "malformed"),
        ("https://agenda.example.org\\@evil.example/", "malformed"),
        ("https://agenda.example.org/ x", "malformed"),
        ("https://[", "malformed"),
        ("https://a.example/" + "x" * 1000, "long"),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_says_why(url: str, reason: str) -> None:
    with pytest.raises(UnusableTarget) as refused:
        read_target(url)
    assert refused.value.reason == reason


def test_a_name_of_this_machine_is_let_through_for_development_alone() -> None:
    assert read_target("https://localhost:8443/x", allow_private=True).host == "localhost"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://agenda.example.org/{text}"):
        try:
            target = read_target(url)
        except UnusableTarget:
            continue
        assert re.fullmatch(r"[!-~]+", target.url)
        assert read_target(target.url) == target
