"""Requests are limited for each address, and no address is stored."""

from __future__ import annotations

import os
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rasa.core.channels.rest import RestInput
from rasa.core.run import configure_app
from sanic import Sanic

from signpost.desk.run import NotReady, check_model_and_settings
from signpost.web_chat.doors import Doors, OpenDoor, model_in, refuse_unwanted
from signpost.web_chat.rate_limit import LimitFault, Proxies, RateLimit, limit_from
from tests.conftest import MODEL


def test_a_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    limit = RateLimit(60, clock=lambda: now[0])
    assert all(limit.allows("192.0.2.1") for _ in range(60))
    assert not limit.allows("192.0.2.1")
    assert limit.allows("192.0.2.2"), "each address has its own"
    now[0] = 2.0
    assert [limit.allows("192.0.2.1") for _ in range(3)] == [True, True, False]


def test_no_address_is_kept_and_a_new_key_forgets_all() -> None:
    now = [0.0]
    limit = RateLimit(2, clock=lambda: now[0])
    limit.allows("192.0.2.77")
    kept = repr({name: value for name, value in vars(limit).items() if name != "_clock"})
    assert "192.0.2.77" not in kept
    first = set(limit._buckets)
    now[0] = 301.0
    limit.allows("192.0.2.77")
    assert not first & set(limit._buckets), "the same address is a stranger under the next key"


def test_two_processes_cannot_compare_what_they_hold() -> None:
    one, other = RateLimit(), RateLimit()
    one.allows("192.0.2.1")
    other.allows("192.0.2.1")
    assert not set(one._buckets) & set(other._buckets)


def test_the_table_is_bounded() -> None:
    limit = RateLimit(most=50)
    for number in range(500):
        limit.allows(f"10.0.{number // 250}.{number % 250}")
    assert len(limit) == 50


def test_an_ipv6_customer_is_one_address() -> None:
    limit = RateLimit(1)
    assert limit.allows("2001:db8::1")
    assert not limit.allows("2001:db8::2")
    assert limit.allows("2001:db8:0:1::1")


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_one_when_it_is_written_as_ipv6(one: IPv4Address, other: IPv4Address) -> None:
    assume(one != other)
    limit, written = RateLimit(1, clock=lambda: 0.0), f"::ffff:{one}"
    assert limit.allows(written)
    assert not limit.allows(str(one)), "a bucket of its own would double what it may send"
    assert limit.allows(f"::ffff:{other}"), "each address has its own"
    for ours, peer in product((f"{one}/32", written, "::ffff:0:0/96"), (str(one), written, IPv6Address(written).exploded)):
        assert Proxies(ours).sender_of(peer, "2001:db8::1") == "2001:db8::1"
        assert Proxies("2001:db8::/32").sender_of(peer, "2001:db8::1") == str(one), "a stranger's header is not believed"


@given(st.ip_addresses(v=6))
def test_every_other_ipv6_address_keeps_its_own_network(address: IPv6Address) -> None:
    assume(address.ipv4_mapped is None)
    limit = RateLimit(1, clock=lambda: 0.0)
    assert limit.allows(str(address))
    assert not limit.allows(str(ip_network((address, 64), strict=False)[1]))
    assert limit.allows("::ffff:192.0.2.1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.0.0.7", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "not an address", "not an address"),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, sender: str) -> None:
    assert Proxies("127.0.0.1, 10.0.0.0/8").sender_of(peer, forwarded) == sender
    assert Proxies("").sender_of(peer, forwarded) == peer


@given(st.text(), st.text())
def test_no_header_breaks_the_limit(peer: str, forwarded: str) -> None:
    assert isinstance(RateLimit().allows(Proxies("10.0.0.0/8").sender_of(peer, forwarded)), bool)


def test_settings_come_from_the_environment_or_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limit_from({"SIGNPOST_LIMIT": "off"}) is None
    limit = limit_from({"SIGNPOST_LIMIT": "2"})
    assert limit is not None
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]
    for wrong in ("", "-1", "0", "many", "1e9", "²"):
        with pytest.raises(LimitFault, match="SIGNPOST_LIMIT"):
            limit_from({"SIGNPOST_LIMIT": wrong})
    with pytest.raises(LimitFault, match="SIGNPOST_PROXIES"):
        Proxies("10.0.0.0/99")
    monkeypatch.setenv("SIGNPOST_PROXIES", "everybody")
    with pytest.raises(NotReady, match="SIGNPOST_PROXIES"):
        check_model_and_settings(MODEL)


def app_with(channels: list[Any], api: bool) -> Any:
    return configure_app(channels, enable_api=api)


def test_an_open_door_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)  # several applications in one process
    refuse_unwanted(app_with([Doors()], api=False))
    with pytest.raises(OpenDoor, match="enable-api"):
        refuse_unwanted(app_with([Doors()], api=True))
    with pytest.raises(OpenDoor, match="'rest'"):
        refuse_unwanted(app_with([Doors(), RestInput()], api=False))


def test_the_model_that_is_checked_is_the_one_that_rasa_loads(tmp_path: Path) -> None:
    assert model_in(["run", "--debug", "--port", "5005", "--model", str(MODEL), "--endpoints", "e.yml"]) == MODEL
    (tmp_path / "old.tar.gz").write_bytes(b"")
    (tmp_path / "new.tar.gz").write_bytes(b"")
    os.utime(tmp_path / "old.tar.gz", (1, 1))
    assert model_in(["run", "-m", str(tmp_path)]) == tmp_path / "new.tar.gz"
    with pytest.raises(OpenDoor, match="run make train"):
        model_in(["run", "-m", str(tmp_path / "none.tar.gz")])
    with pytest.raises(OpenDoor, match="Copy it here"):
        model_in(["run", "--remote-storage", "aws"])
