"""Which addresses of the Internet Protocol a webhook may be sent to: public ones alone.

Whoever registers a webhook chooses where our server connects to. It must not be talked into
asking what only it can reach: itself, its neighbours, the cloud's metadata (169.254.169.254).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

#: Special networks that some versions of `ipaddress` call global (IANA's registry of IPv4 special
#: addresses): the relays of 6to4 (RFC 7526), and protocol assignments.
_SPECIAL_IPV4 = (IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))

#: What is routed in public at all (RFC 4291, section 2.4), and the special networks inside it:
#: protocol assignments with Teredo, benchmarking and ORCHID; 6to4; documentation.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SPECIAL_IPV6 = (
    IPv6Network("2001::/23"),
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
)

#: The well-known prefix of NAT64 (RFC 6052): the last 32 bits are an address of IPv4.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether anybody on the Internet could reach this address; no address is not public.

    What carries an address of IPv4 within it (NAT64, IPv4-mapped) is as public as that one;
    tunnels (6to4, Teredo) never are.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_public_ipv4(found)
    if found.scope_id is not None:
        return False
    if found.ipv4_mapped is not None:
        return _is_public_ipv4(found.ipv4_mapped)
    if found in _NAT64:
        return _is_public_ipv4(IPv4Address(int(found) & 0xFFFF_FFFF))
    return _is_public_ipv6(found)


def _is_public_ipv4(address: IPv4Address) -> bool:
    is_special = any(address in network for network in _SPECIAL_IPV4)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_special)


def _is_public_ipv6(address: IPv6Address) -> bool:
    is_special = any(address in network for network in _SPECIAL_IPV6)
    return address.is_global and address in _GLOBAL_UNICAST and not is_special
