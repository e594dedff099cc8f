"""Which addresses may be connected to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.guard import NotAllowed, is_named, is_public, permitted, resolve_allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "not an address",
        "",
    ],
)
def test_private_and_unreal_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_net_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_as_public_as_the_bare_one(address: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{address}") == is_public(address)


def test_a_host_is_allowed_by_name_or_by_name_and_port() -> None:
    assert is_named("Demo.Local.", 8000, ["demo.local"])
    assert is_named("demo.local", 8000, ["demo.local:8000"])
    assert is_named("[::1]", 80, ["::1"])
    assert not is_named("demo.local", 8001, ["demo.local:8000"])
    assert not is_named("evil.demo.local", 8000, ["demo.local"])


def test_an_allowed_address_does_not_open_other_names_for_it() -> None:
    with pytest.raises(NotAllowed) as caught:
        permitted("evil.example", ["127.0.0.1"], ["127.0.0.1"])
    assert caught.value.addresses == ("127.0.0.1",)
    assert "CHENGQING_ALLOW_PRIVATE" in str(caught.value)


def test_of_mixed_answers_only_the_public_are_used() -> None:
    assert permitted("mixed.example", ["10.0.0.1", "8.8.8.8"], []) == ["8.8.8.8"]


def test_a_name_is_looked_up_once_and_its_addresses_returned() -> None:
    asked: list[str] = []

    def look_up(host: str, port: int | None) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    assert resolve_allowed("example.com", [], 443, look_up) == ["8.8.8.8"]
    assert asked == ["example.com"]


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "localhost"])
def test_odd_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(NotAllowed):
        resolve_allowed(host, [])


def test_a_name_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(NotAllowed, match="nothing"):
        resolve_allowed("bad..name", [])


def test_this_machine_is_allowed_when_named() -> None:
    assert resolve_allowed("127.0.0.1", ["127.0.0.1:80"], 80) == ["127.0.0.1"]
