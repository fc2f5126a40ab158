"""deploy/nginx/twin.conf in a real nginx: the plain pages whenever the assistant is down, the chat whenever it is up."""

from __future__ import annotations

import http.client
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from signpost.desk.run import free_port, start, stop
from signpost.desk.twin import write_twin
from signpost.web_chat.rate_limit import LIMIT_NAME, PROXIES_NAME
from tests.conftest import MODEL, ROOT, Assistant
from tests.unit.real_nginx import serving

MESSAGES_A_MINUTE = 20  # for each address, in the assistant of this file


def without_dates(page: str) -> str:
    return page.partition("<footer>")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("srv") / "twin"
    write_twin(ROOT / "data", out, datetime.now(timezone.utc))
    return out


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    """One that is started as the header of twin.conf says, with a limit that a test can reach."""
    processes: list[subprocess.Popen[bytes]] = []
    port = free_port()
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv(PROXIES_NAME, "127.0.0.1")
        settings.setenv(LIMIT_NAME, str(MESSAGES_A_MINUTE))
        try:
            start(processes, "127.0.0.1", port, MODEL)
            yield Assistant(port)
        finally:
            stop(processes)


def nginx(folder: Path, assistant_port: int) -> Iterator[int]:
    """A real nginx with deploy/nginx/twin.conf; only folder and ports are put in."""
    port = free_port()
    server = (ROOT / "deploy" / "nginx" / "twin.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/srv/signpost/build/twin", str(folder)),
        ("127.0.0.1:5005", f"127.0.0.1:{assistant_port}"),
    ):
        assert old in server
        server = server.replace(old, new)
    with serving(folder.parent, server, port):
        yield port


@pytest.fixture(scope="module")
def without_assistant(folder: Path) -> Iterator[int]:
    yield from nginx(folder, free_port())


@pytest.fixture(scope="module")
def with_assistant(folder: Path, assistant: Assistant) -> Iterator[int]:
    yield from nginx(folder, assistant.port)


def get(port: int, path: str, method: str = "GET", sender: str = "127.0.0.1") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(sender, 0))
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_with_the_assistant_down_the_chat_leads_to_the_plain_pages(without_assistant: int, method: str) -> None:
    status, headers, _ = get(without_assistant, "/chat", method)
    assert status == 302
    assert headers["location"].endswith("/answers/")
    status, headers, page = get(without_assistant, "/answers/")
    assert status == 200
    assert "tel:08001111" in page
    assert headers["cache-control"] == "no-store"


def test_with_the_assistant_down_council_pages_keep_their_button(without_assistant: int) -> None:
    status, headers, script = get(without_assistant, "/embed/loader.js")
    assert status == 200
    assert "0800 1111" in script
    assert "javascript" in headers["content-type"]
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert get(without_assistant, "/embed/alive.js")[0] >= 500, "so the launcher knows that the chat is down"


def test_with_the_assistant_up_the_chat_is_the_chat_and_the_rest_stays_inside(with_assistant: int) -> None:
    assert get(with_assistant, "/chat")[0] == 200
    assert get(with_assistant, "/embed/alive.js")[0] == 200
    assert get(with_assistant, "/counts/used", "POST")[0] == 204
    for inside in ("/webhooks/rest/", "/counts/metrics", "/health/loop", "/demo"):
        assert get(with_assistant, inside)[0] == 404, inside
    assert get(with_assistant, "/answers/nothing-of-this-name.html")[0] == 404


@pytest.mark.parametrize(
    ("path", "sender", "another"), [("/chat/turn", "127.0.0.2", "127.0.0.3"), ("/counts/used", "127.0.0.4", "127.0.0.5")]
)
def test_somebody_who_sends_too_much_takes_nobody_elses_limit(with_assistant: int, path: str, sender: str, another: str) -> None:
    statuses = {get(with_assistant, path, "POST", sender)[0] for _ in range(2 * MESSAGES_A_MINUTE)}
    assert 429 in statuses
    assert get(with_assistant, path, "POST", another)[0] < 300


def test_the_bare_address_leads_to_the_chat(with_assistant: int) -> None:
    status, headers, _ = get(with_assistant, "/")
    assert (status, headers["location"]) == (302, "/chat"), "no port and no http of this machine, behind another proxy"


def test_nginx_and_the_assistant_serve_the_same_pages_under_the_same_headers(with_assistant: int, assistant: Assistant) -> None:
    ours = ("cache-control", "content-security-policy", "referrer-policy", "x-content-type-options", "permissions-policy")
    for path in ("/answers/", "/answers/safety.html", "/answers/style.css"):
        status, headers, page = get(assistant.port, path)
        status_there, headers_there, page_there = get(with_assistant, path)
        assert status == status_there == 200
        assert without_dates(page) == without_dates(page_there)
        for name in ours:
            assert headers[name] == headers_there[name], name
        assert "location" not in headers
    assert get(assistant.port, "/answers")[1]["location"] == "/answers/"
    assert get(assistant.port, "/answers/gone.html")[0] == 404
