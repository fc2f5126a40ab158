"""The chat page's server without a model, and with broken words."""

from __future__ import annotations

import asyncio
import shutil
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.channels.channel import register
from sanic import Sanic

from signpost.desk.run import free_port
from signpost.register.content_file import ContentFault
from signpost.web_chat.chat_channel import ChatChannel
from signpost.web_chat.chat_words import read_chat_words

DATA = Path(__file__).parents[2] / "data"


async def test_without_a_model_the_page_and_every_turn_show_people() -> None:
    app = Sanic("without_a_model")
    app.ctx.agent = None
    register([ChatChannel(str(DATA))], app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True)
    await server.startup()
    try:
        address = f"http://127.0.0.1:{port}/chat"
        form = urllib.parse.urlencode({"message": "he is coming"}).encode()
        for body in (None, form):
            page = await asyncio.to_thread(lambda body=body: urllib.request.urlopen(address, body).read().decode())
            card, panel = page.partition('class="card"')[2], page.partition('class="sheet"')[2].partition("</header>")[0]
            for part in (card, panel):
                assert 'href="tel:08001111"' in part
            assert 'href="tel:999"' in panel
    finally:
        server.close()
        await server.wait_closed()


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
