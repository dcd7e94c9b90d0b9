"""Which addresses may be dialled: public ones only, however they are spelled.

Here: pure judgement of hosts and addresses. Not here: resolving and dialling (network).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

from pipeline.acquisition.refusal import Refused

# The registry of special addresses (IANA). Python's is_global is another in each release: 3.11
# takes site-local fec0::/10, 6to4 and mapped addresses for global ones.
SPECIAL_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
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
)
# Global unicast is 2000::/3 and nothing else; within it stand tunnels and documentation.
UNICAST_6 = ipaddress.IPv6Network("2000::/3")
SPECIAL_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# Translators put an IPv4 address into the last four bytes; the inner one is what is reached.
CARRIERS = tuple(ipaddress.IPv6Network(n) for n in ("::ffff:0:0/96", "64:ff9b::/96"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address may be dialled: public unicast, nothing private, local or reserved."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_4)
    if any(address in network for network in CARRIERS):
        return is_public(IPv4Address(address.packed[-4:]))
    return address in UNICAST_6 and not any(address in network for network in SPECIAL_6)


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address a host name spells out, or None for a name.

    Raises `Refused` for spellings that only old software takes for an address, such as 2130706433,
    0x7f.1 or 0177.0.0.1: nobody who publishes writes them.
    """
    bare = host.strip("[]")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        socket.inet_aton(bare)
    except OSError:
        return None
    raise Refused("address_forbidden", f"{host} is an address in a spelling nobody needs")


def checked(host: str, resolved: Sequence[str]) -> tuple[str, ...]:
    """The addresses a host resolved to, in order, each fit to be dialled.

    One address that is not public refuses the host: a name that points outside and inside at once
    is a trap.
    """
    addresses = [ipaddress.ip_address(text) for text in resolved]
    for address in addresses:
        if not is_public(address):
            raise Refused("address_forbidden", f"{host} is at {address}, which is not public")
    return tuple(dict.fromkeys(str(address) for address in addresses))
