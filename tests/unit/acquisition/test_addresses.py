"""Which addresses may be dialled, however they are spelled."""

from __future__ import annotations

import ipaddress

import pytest

from pipeline.acquisition.addresses import checked, is_public, literal
from pipeline.acquisition.refusal import Refused

PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "223.5.5.5",
    "2400:3200::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
INNER = [
    *["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254"],
    *["169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1"],
    *["192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.250"],
    *["240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1"],
    *["::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"],
    *["64:ff9b:1::7f00:1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1"],
    *[
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "100::1",
        "5f00::1",
    ],
]


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_dialled(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", INNER)
def test_no_inner_address_may_be_dialled(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    with pytest.raises(Refused, match="address_forbidden"):
        checked("host.example", ["8.8.8.8", text])


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "8.8.2056",
        "010.8.8.8",
    ],
)
def test_an_odd_spelling_of_an_address_is_refused(host: str) -> None:
    with pytest.raises(Refused, match="address_forbidden"):
        literal(host)


def test_a_plain_spelling_is_an_address_and_a_name_is_none() -> None:
    assert str(literal("127.0.0.1")) == "127.0.0.1"
    assert str(literal("[::1]")) == "::1"
    assert literal("czt.shanxi.gov.cn") is None
    assert literal("123.example.cn") is None


def test_checked_addresses_keep_their_order_without_repeats() -> None:
    assert checked("h", ["8.8.8.8", "2400:3200::1", "8.8.8.8"]) == ("8.8.8.8", "2400:3200::1")
