"""Conversation ids made and signed by the server: unguessable, short-lived, and worthless once expired."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from signpost.conversation.buttons import secret

LIFETIME_SECONDS = 4 * 3600  # an open page stops working after this; the conversation itself is forgotten much earlier


def new_id(now: float | None = None) -> str:
    """Return a fresh signed id: random part, expiry in seconds since 1970, signature."""
    body = f"{secrets.token_urlsafe(18)}.{int((time.time() if now is None else now) + LIFETIME_SECONDS)}"
    return f"{body}.{_signature(body)}"


def is_ours(conversation: str, now: float | None = None) -> bool:
    """Whether this server signed `conversation` and it has not expired."""
    body, _, signature = conversation.rpartition(".")
    expiry = body.rpartition(".")[2]
    if not expiry.isascii() or not expiry.isdigit() or not hmac.compare_digest(signature.encode(), _signature(body).encode()):
        return False
    return int(expiry) > (time.time() if now is None else now)


def _signature(body: str) -> str:
    return hmac.new(secret(), f"conversation:{body}".encode(), hashlib.sha256).hexdigest()[:32]
