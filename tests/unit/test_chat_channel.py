"""The chat page's server without a model, and with broken words."""

from __future__ import annotations

import asyncio
import re
import shutil
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import yaml
from rasa.core.channels.channel import register
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.desk.run import free_port
from signpost.register.content import read_content
from signpost.register.content_file import ContentFault
from signpost.web_chat.chat_channel import ChatChannel
from signpost.web_chat.chat_words import read_chat_words
from signpost.web_chat.doors import Doors

DATA = Path(__file__).parents[2] / "data"


FORM = urllib.parse.urlencode({"message": "he is coming"}).encode()


@pytest.fixture(autouse=True)
def several_servers_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)


@asynccontextmanager
async def served(app: Sanic, channel: ChatChannel) -> AsyncIterator[str]:
    """Serve `channel` without a model; yield the address of the server."""
    app.ctx.agent = None
    register([channel], app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        await server.wait_closed()


async def asked(address: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Status, Content-Security-Policy and page of one request."""

    def ask() -> tuple[int, str, str]:
        try:
            answer = urllib.request.urlopen(address, body)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            return answer.status, answer.headers["Content-Security-Policy"], answer.read().decode()

    return await asyncio.to_thread(ask)


async def test_without_a_model_the_page_and_every_turn_show_people() -> None:
    async with served(Sanic("without_a_model"), ChatChannel(str(DATA))) as address:
        for body in (None, FORM):
            _, _, page = await asked(f"{address}/chat", body)
            card, panel = page.partition('class="card"')[2], page.partition('class="sheet"')[2].partition("</header>")[0]
            for part in (card, panel):
                assert 'href="tel:08001111"' in part
            assert 'href="tel:999"' in panel


async def test_without_a_model_no_page_view_compiles_the_answers_anew() -> None:
    channel = ChatChannel(str(DATA))
    async with served(Sanic("compiled_once"), channel) as address:
        await asked(f"{address}/chat")
        answers, guard = channel._writer.answers, channel._turns._guard
        await asked(f"{address}/chat")
        assert channel._writer.answers is answers
        assert channel._turns._guard is guard


async def test_a_slip_in_the_files_after_the_start_costs_no_page(tmp_path: Path) -> None:
    channel = ChatChannel(str(shutil.copytree(DATA, tmp_path / "data")))
    (tmp_path / "data" / "helplines.yml").write_text("services: [", encoding="utf-8")
    async with served(Sanic("slip"), channel) as address:
        status, _, page = await asked(f"{address}/chat", FORM)
    assert status == 200
    assert 'href="tel:08001111"' in page


async def test_a_refusal_may_be_framed_by_whoever_may_frame_the_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else somebody who sends too fast in the launcher on a council page sees an empty frame in place of the people who can help."""
    monkeypatch.setenv("SIGNPOST_LIMIT", "1")
    app, doors = Sanic("framed"), Doors(str(DATA))
    app.register_middleware(doors.limit, "request")
    app.error_handler.add(Exception, doors.refuse)

    @app.get("/fault")
    async def fault(_: Request) -> HTTPResponse:
        raise RuntimeError

    async with served(app, ChatChannel(str(DATA))) as address:
        chat, *refusals = [await asked(f"{address}{path}", body) for path, body in (("/chat", FORM), ("/chat", FORM), ("/fault", None))]
    assert [chat[0], *(status for status, _, _ in refusals)] == [200, 429, 500]
    hosts = read_content(DATA).council.links["allowed_hosts"]
    assert hosts
    ancestors = re.search(r"frame-ancestors [^;]*", chat[1])
    assert ancestors
    assert ancestors.group() == " ".join(["frame-ancestors 'self'", *(f"https://{host}" for host in hosts)])
    for _, policy, page in refusals:
        assert ancestors.group() in policy.split("; ")
        assert 'href="tel:08001111"' in page


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"safe_word": "two words"}, "safe_word"),
        ({"trouble": {"gone": "Gone."}}, "trouble lacks"),
        ({"panel": [{"audience": "nobody", "title": "Nobody"}]}, "panel names nobody"),
        ({"words": None}, "page.yml"),
    ],
)
def test_broken_words_stop_the_start_and_name_the_file(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    shutil.copy(DATA / "page.yml", tmp_path)
    words = yaml.safe_load((tmp_path / "page.yml").read_text(encoding="utf-8"))
    (tmp_path / "page.yml").write_text(yaml.safe_dump(words | change), encoding="utf-8")
    with pytest.raises(ContentFault, match=says):
        read_chat_words(tmp_path)
    (tmp_path / "page.yml").unlink()
    with pytest.raises(ContentFault, match="is missing"):
        read_chat_words(tmp_path)
