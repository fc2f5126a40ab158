"""`/counts/used`, where the page says that somebody followed a way to people, and `/counts/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.counting.counts import DAY, HOUR, Counts, counts_of_this_process, seconds_to_next_hour
from signpost.counting.daily_file import write_rows
from signpost.register.content import read_content
from signpost.web_chat.rate_limit import PROXIES_NAME, Proxies
from signpost.web_chat.turn import OnNewMessage

logger = logging.getLogger(__name__)

TOKEN_NAME = "SIGNPOST_METRICS_TOKEN"  # noqa: S105 - the name of the environment variable, not a secret
FOLDER_NAME = "SIGNPOST_COUNTS"
_FOLDER = "results/counts"
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded")


class CountsChannel(InputChannel):
    """Takes no messages and gives no answers: it counts."""

    def __init__(self, content: str = "data") -> None:
        """Read the register. Raises ContentFault or LimitFault, which stops the start."""
        self._services = set(read_content(Path(content)).services)
        self._proxies = Proxies(os.environ.get(PROXIES_NAME, ""))
        self._token = os.environ.get(TOKEN_NAME, "")
        self._folder = Path(os.environ.get(FOLDER_NAME, _FOLDER))
        self._counts = counts_of_this_process()
        self._registry = CollectorRegistry()
        self._registry.register(Told(self._counts))

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "counts"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> CountsChannel:
        """Build from `credentials.yml`; `content` is the folder of the register."""
        return cls(**(credentials or {}))

    def url_prefix(self) -> str:
        """Where it lives; a leading slash takes it out of Rasa's `/webhooks/`."""
        return "/counts"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes and the clock that closes the hours."""
        routes = Blueprint("counts")
        clock: list[asyncio.Task[None]] = []

        @routes.listener("after_server_start")
        async def start_clock(_: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            clock.append(loop.create_task(self._close_hours()))

        @routes.listener("before_server_stop")
        async def stop_clock(_: Sanic, __: asyncio.AbstractEventLoop) -> None:
            for task in clock:
                task.cancel()

        @routes.post("/used")
        async def used(request: Request) -> HTTPResponse:
            service = str((request.form or {}).get("service") or "")
            if service in self._services:
                self._counts.used(service, self._proxies.sender_of(request.ip, request.headers.get("x-forwarded-for", "")))
            return response.empty()  # the same for a known and an unknown service: nobody is told anything

        @routes.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            if not self._may_read(request):
                raise NotFound
            return response.raw(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

        return routes

    def _may_read(self, request: Request) -> bool:
        """With the token where one is set; else only from this machine itself, not through a proxy on it."""
        if self._token:
            return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {self._token}".encode())
        return ip_address(request.ip).is_loopback and not any(name in request.headers for name in _FORWARDED)

    async def _close_hours(self) -> None:
        while True:
            now = datetime.now(timezone.utc)
            await asyncio.sleep(seconds_to_next_hour(now) + 1)
            self.close_hour()

    def close_hour(self) -> None:
        """Close what is over and write what may be told of it. A disk that is full or read-only stops nothing."""
        rows = self._counts.close()
        hour = self._counts.last.get(HOUR, (datetime.now(timezone.utc) - timedelta(hours=1), []))[0]
        try:
            write_rows(self._folder, hour, rows)
        except OSError as fault:
            logger.warning("The counts of the last hour could not be written to %s (%s).", self._folder, fault.strerror)


class Told(Collector):
    """What may be told of the last closed hour and day. Nothing of an open hour, of this process or of its requests is among it."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return the gauges."""
        for window in (HOUR, DAY):
            start, rows = self._counts.last.get(window, (None, []))
            gauge = GaugeMetricFamily(
                f"signpost_chats_{window}", f"Chats of the last closed {window}, rounded to tens with noise.", labels=["table", "value"]
            )
            for row in rows:
                gauge.add_metric([row.table, row.value], row.chats)
            yield gauge
            if start is not None:
                yield GaugeMetricFamily(
                    f"signpost_chats_{window}_start", f"When that {window} began, in seconds since 1970.", start.timestamp()
                )
