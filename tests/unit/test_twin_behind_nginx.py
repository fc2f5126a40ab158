"""deploy/nginx/twin.conf in a real nginx: the plain pages whenever the assistant is down, the chat whenever it is up."""

from __future__ import annotations

import getpass
import grp
import http.client
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from signpost.desk.run import free_port
from signpost.desk.twin import write_twin
from tests.conftest import ROOT, Assistant


def without_dates(page: str) -> str:
    return page.partition("<footer>")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("srv") / "twin"
    write_twin(ROOT / "data", out, datetime.now(timezone.utc))
    return out


def nginx(folder: Path, assistant_port: int) -> Iterator[int]:
    """A real nginx with deploy/nginx/twin.conf; only folder, ports and log are put in."""
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert path, "nginx is missing: apt-get install nginx-light"
    port, home = free_port(), folder.parent
    server = (ROOT / "deploy" / "nginx" / "twin.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/srv/signpost/build/twin", str(folder)),
        ("127.0.0.1:5005", f"127.0.0.1:{assistant_port}"),
        ("/var/log/nginx/signpost.log", f"{home}/error.log"),
    ):
        assert old in server
        server = server.replace(old, new)
    shutil.copy("/etc/nginx/mime.types", home / "mime.types")
    config = home / f"nginx-{port}.conf"
    config.write_text(
        f"user {getpass.getuser()} {grp.getgrgid(os.getegid()).gr_name}; daemon off;\n"
        f"pid {home}/{port}.pid; error_log {home}/error.log;\nevents {{}}\n"
        f"http {{ include mime.types; access_log off; client_body_temp_path {home}/b; proxy_temp_path {home}/p; "
        f"fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;\n{server}\n}}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([path, "-c", str(config)], stderr=subprocess.PIPE)
    try:
        while True:
            assert process.poll() is None, (process.stderr.read() if process.stderr else b"").decode()
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()
                break
            except ConnectionRefusedError:
                continue
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def without_assistant(folder: Path) -> Iterator[int]:
    yield from nginx(folder, free_port())


@pytest.fixture(scope="module")
def with_assistant(folder: Path, assistant: Assistant) -> Iterator[int]:
    yield from nginx(folder, assistant.port)


def get(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
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
    assert get(with_assistant, "/webhooks/rest/")[0] == 404
    assert get(with_assistant, "/answers/nothing-of-this-name.html")[0] == 404


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
