"""Buttons carry opaque ids; only a process that holds the secret can turn one into an intent."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets

SECRET_NAME = "SIGNPOST_SECRET"  # noqa: S105 - the name of the environment variable, not a secret
BUTTON = re.compile(r"b-[0-9a-f]{24}")


def secret() -> bytes:
    """The process's secret, from the environment (every worker needs the same one) or made anew for this process alone."""
    return os.environ.setdefault(SECRET_NAME, secrets.token_hex(32)).encode()


def button_id(intent: str) -> str:
    """Return the opaque id of a button that means `intent`."""
    return "b-" + hmac.new(secret(), f"button:{intent}".encode(), hashlib.sha256).hexdigest()[:24]
