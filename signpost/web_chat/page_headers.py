"""The headers of all pages: nothing from elsewhere, no script that is not named, no trace."""

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


def answer_headers(links: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of the plain pages: no script at all, and framing by the council's own sites (`links` of council.yml)."""
    return page_headers("style-src 'self'; img-src data:; form-action 'none'", council_sites(links))


def council_sites(links: Mapping[str, Any]) -> str:
    """Return who may frame what people read, as `ancestors`: this site and those that `links` of council.yml names."""
    return " ".join(["'self'", *(f"https://{host}" for host in links.get("allowed_hosts") or ())])
