"""A language model may add proposals, held against the text; whatever it does, the draft goes on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from tests.cast import NOW, Cast

from dingfen.policies import drafting
from dingfen.problems import Problem

TEXT = (
    "第一条 每季应把客户的近况告诉家里人一次半。\n第二条 报备满三旬不理会的，转给别人。\n第三条 罚款一百元。"
)


class Model(ThreadingHTTPServer):
    """A server that speaks the published chat completions format."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.content: str = '{"findings": []}'
        self.status, self.wait = 200, 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **body})
        self.server.keys.append(self.headers["Authorization"])
        time.sleep(self.server.wait)
        message = {"role": "assistant", "content": self.server.content}
        answer = json.dumps({
            "id": "c1", "object": "chat.completion", "created": 1, "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }).encode()  # fmt: skip
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def model(settings: Any) -> Iterator[Model]:
    server = Model()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.MODEL_URL, settings.MODEL_KEY, settings.MODEL_NAME = server.url, "secret", "rules-1"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def begin(cast: Cast) -> Any:
    return drafting.start_draft(actor=cast.actor("tang"), at=NOW, title="试行", text=TEXT)


def ask(cast: Cast, draft: Any) -> tuple[Any, int]:
    found = drafting.ask_model(actor=cast.actor("tang"), draft_uid=draft.uid)
    return drafting.add_proposals(actor=cast.actor("tang"), at=NOW, draft_uid=draft.uid, found=found)


def test_what_it_proposes_is_held_against_the_text_and_marked(cast: Cast, model: Model) -> None:
    draft = begin(cast)
    before = len(draft.findings)
    good = {"article": "2", "kind": "duration", "value": "P30D", "quote": "满三旬", "of": "lapse"}
    model.content = "```json\n" + json.dumps({"findings": [
        good, good,
        {**good, "quote": "这里没有的话"},
        {**good, "value": "三旬"}, {**good, "kind": "poem"}, {**good, "article": "9"},
        {"article": "3", "kind": "amount", "value": "100 CNY", "quote": "一百元"}, "junk", 7, None,
    ]}) + "\n```"  # fmt: skip
    kept, added = ask(cast, draft)
    assert added == 1 and len(kept.findings) == before + 1
    (one,) = kept.findings[before:]
    assert (one["by"], one["value"], one["decision"], one["review"]) == ("model", "P30D", "open", True)
    assert TEXT[one["start"] : one["end"]] == "满三旬" and one["confidence"] <= 0.5
    assert one["proposal"]["key"] == "protection.lapse"
    assert ask(cast, draft)[1] == 0
    client = Client()
    client.force_login(cast.tang)
    page = client.get(f"/policies/drafts/{draft.uid}/").content.decode()
    assert "/ask/" in page and "语言模型" in page
    (first, *_) = model.asked
    assert first["path"] == "/v1/chat/completions" and first["model"] == "rules-1"
    assert model.keys[0] == "Bearer secret" and "满三旬" in first["messages"][1]["content"]


@pytest.mark.parametrize("broken", ["status", "form", "json", "gone", "slow"])
def test_whatever_it_does_the_draft_stays(cast: Cast, model: Model, settings: Any, broken: str) -> None:
    draft = begin(cast)
    model.status = 500 if broken == "status" else 200
    model.content = {"form": '{"findings": 3}', "json": "I am happy to help"}.get(broken, '{"findings": []}')
    if broken == "gone":
        settings.MODEL_URL = "http://127.0.0.1:9/v1"
    if broken == "slow":
        settings.MODEL_SECONDS = 0.0
    with pytest.raises(Problem) as refusal:
        ask(cast, draft)
    assert refusal.value.code == "draft.model_silent"
    draft.refresh_from_db()
    assert draft.version == 1


def test_it_is_off_unless_an_address_is_set(cast: Cast) -> None:
    draft = begin(cast)
    client = Client()
    client.force_login(cast.tang)
    path = f"/policies/drafts/{draft.uid}/"
    assert "/ask/" not in client.get(path).content.decode()
    assert client.post(f"{path}ask/")["Location"] == path
    with pytest.raises(Problem) as refusal:
        ask(cast, draft)
    assert refusal.value.code == "draft.model_off"
