"""The headers of the plain pages and of the launcher: nothing from elsewhere, no script that is not named, no trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def page_headers(policy: str, ancestors: str = "'none'") -> dict[str, str]:
    """Return the headers of a page whose Content-Security-Policy allows what `policy` says and framing by `ancestors`."""
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; {policy}; base-uri 'none'; frame-ancestors {ancestors}",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def council_sites(links: Mapping[str, Any]) -> str:
    """This site and the council's own sites (`links.allowed_hosts` of council.yml), as a policy names them."""
    return " ".join(["'self'", *(f"https://{host}" for host in links.get("allowed_hosts") or ())])
