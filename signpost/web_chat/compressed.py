"""Sends a text compressed to a browser that can read it so: the pages are opened on phones, often with little data left."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse


def compressed(
    request: Request, text: str, headers: Mapping[str, str], content_type: str, status: int = 200, for_everybody: bool = True
) -> HTTPResponse:
    """Return `text` as the answer to `request`. One that is not `for_everybody` is compressed anew each time and kept nowhere.

    Never for a text that repeats what somebody typed beside a secret: its length would tell of the secret (BREACH, 2013).
    """
    sent = {**headers, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return response.raw(text.encode(), status=status, headers=sent, content_type=content_type)
    packed = _gzip(text) if for_everybody else gzip.compress(text.encode(), mtime=0)
    return response.raw(packed, status=status, headers={**sent, "Content-Encoding": "gzip"}, content_type=content_type)


@lru_cache(maxsize=1024)  # a day has some 570 such texts
def _gzip(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)
