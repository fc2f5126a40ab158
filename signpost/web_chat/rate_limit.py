"""How many requests one address may make, without storing an address."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

LIMIT_NAME = "SIGNPOST_LIMIT"
PROXIES_NAME = "SIGNPOST_PROXIES"
PER_MINUTE = 120  # a school has one address: 120 lets a class of 30 write four messages a minute each, and a flood two a second
_MOST = 20_000  # addresses remembered at once, about 200 bytes each
_KEY_SECONDS = 300.0  # after so long a new key makes every address a stranger


class LimitFault(ValueError):
    """A setting in the environment is wrong. The message names it and says what to do."""


class RateLimit:
    """A bucket of tokens for each address, under a keyed hash whose key lives in this process's memory for five minutes.

    Nothing that is kept can be turned back into an address, nor compared with another process's or an earlier key's.
    """

    def __init__(self, per_minute: int = PER_MINUTE, most: int = _MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._full, self._per_second = float(per_minute), per_minute / 60
        self._most, self._clock = most, clock
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # hash -> tokens, when; longest unseen first
        self._key, self._key_since = secrets.token_bytes(32), clock()

    def allows(self, address: str, cost: float = 1.0) -> bool:
        """Take `cost` tokens from the bucket of `address`; False when it holds too few. An IPv6 customer's whole /64 is one address."""
        now = self._clock()
        if now - self._key_since > _KEY_SECONDS:
            self._key, self._key_since = secrets.token_bytes(32), now
            self._buckets.clear()
        stranger = hashlib.blake2b(_network(address).encode(), key=self._key, digest_size=16).digest()
        tokens, since = self._buckets.pop(stranger, (self._full, now))
        tokens = min(self._full, tokens + (now - since) * self._per_second)
        allowed = tokens >= cost
        self._buckets[stranger] = (tokens - cost if allowed else tokens, now)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._buckets)


class Proxies:
    """Whose X-Forwarded-For is believed."""

    def __init__(self, networks: str = "") -> None:
        """`networks`: addresses or networks with commas between them. Raises LimitFault for anything else."""
        try:
            self._networks = [_known_network(network.strip()) for network in networks.split(",") if network.strip()]
        except ValueError as fault:
            raise LimitFault(
                f"{PROXIES_NAME} must be addresses or networks with commas between them, such as 127.0.0.1: {fault}."
            ) from fault

    def sender_of(self, peer: str, forwarded: str) -> str:
        """Return who sent the request: `peer`, or behind our own proxies the last address in `forwarded` that is not one of them."""
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        sender = peer
        while hops and self._ours(sender):
            sender = hops.pop()
        return str(_known(sender) or sender)

    def _ours(self, address: str) -> bool:
        known = _known(address)
        return known is not None and any(known in network for network in self._networks)


def limit_from(environment: Mapping[str, str]) -> RateLimit | None:
    """Return the limit that SIGNPOST_LIMIT sets: messages a minute for each address, or 'off'. Raises LimitFault."""
    setting = environment.get(LIMIT_NAME, str(PER_MINUTE)).strip()
    if setting == "off":
        return None
    if not setting.isascii() or not setting.isdigit() or int(setting) == 0:
        raise LimitFault(f"{LIMIT_NAME} must be 'off' or a number of messages a minute for each address, such as {PER_MINUTE}.")
    return RateLimit(int(setting))


def _known(address: str) -> IPv4Address | IPv6Address | None:
    """`address`, None when it is none. A server that listens on IPv6 writes an IPv4 address as ::ffff:192.0.2.1: it is the same one."""
    try:
        known = ip_address(address)
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known


def _known_network(written: str) -> IPv4Network | IPv6Network:
    """Raises ValueError when `written` is no network."""
    network = ip_network(written)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    return ip_network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network


def _network(address: str) -> str:
    known = _known(address)
    if known is None:
        return address
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
