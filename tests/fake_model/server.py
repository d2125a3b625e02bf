"""A server that speaks OpenAI's API and misbehaves as its script says: `python server.py SCRIPT LOG`, prints its port.

The script: {"blocks": {name: {"match": text of the prompt, "faults": [...], "then": fault, "reply": {...}}}, "key": …,
"accepts": ["schema", "json", "stream_options", "max_tokens", "temperature"], "delay": seconds}. The n-th call for a
block meets the n-th fault, later ones `then` (default: none). The log has one JSON line for each call.
"""

import json
import os
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import batches
from faults import text_of

SLOW = 30.0


class Model:
    """The script, the log and what was asked so far."""

    def __init__(self, script, log):
        self.script_path, self.log_path = Path(script), Path(log)
        self.lock = threading.Lock()
        self.counts = {}
        self.prompts = []
        self.calls = 0
        self.batches = batches.Batches(self)

    @property
    def script(self):
        return json.loads(self.script_path.read_text(encoding="utf-8"))

    def turn(self, messages):
        """Return the block a talk is about, the fault it meets now and the reply it asks for."""
        script = self.script
        said = "\n".join(message["content"] for message in messages if message["role"] == "user")
        found = [(name, block) for name, block in script["blocks"].items() if block["match"] in said]
        if not found:
            return "?", "no-such-block", {}, script
        name, block = found[0]
        with self.lock:
            number = self.counts.get(name, 0)
            self.counts[name] = number + 1
        faults = block.get("faults", [])
        fault = faults[number] if number < len(faults) else block.get("then", "")
        return name, fault, block["reply"], script

    def cached(self, prompt):
        """Return how many characters of a prompt begin an earlier one."""
        with self.lock:
            best = max((common(prompt, other) for other in self.prompts), default=0)
            self.prompts.append(prompt)
        return best

    def log(self, **entry):
        with self.lock, self.log_path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"time": time.time(), **entry}, ensure_ascii=False) + "\n")


def common(one, other):
    """Return how many characters two texts have in common from their beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def tokens(text):
    return max(1, round(len(text.encode("utf-8", "replace")) / 3.1)) if text else 0


def answer(model, body):
    """Return (status, headers, error or choice text, finish, fault, block) of a request's body."""
    messages = body["messages"]
    name, fault, reply, script = model.turn(messages)
    accepts = script.get("accepts", ["schema", "json", "stream_options", "max_tokens", "temperature"])
    wanted = (body.get("response_format") or {}).get("type")
    refused = {
        "json_schema": ("schema", "response_format json_schema is unavailable"),
        "json_object": ("json", "response_format is not supported"),
    }.get(wanted)
    for present, feature, said in (
        (refused is not None, *(refused or ("", ""))),
        ("stream_options" in body, "stream_options", "Unknown field stream_options"),
        ("max_tokens" in body, "max_tokens", "Unsupported parameter: use 'max_completion_tokens' instead"),
        ("temperature" in body, "temperature", "'temperature' does not support this value"),
    ):
        if present and feature not in accepts:
            with model.lock:
                model.counts[name] -= 1
            return name, "dialect", 400, {}, said, ""
    key = os.environ.get("FAKE_MODEL_KEY", "")
    errors = {
        "429": (429, {"Retry-After": "0.15"}, "slow down"),
        "429-long": (429, {"Retry-After": "3600"}, "slow down"),
        "429-date": (429, {"Retry-After": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())}, "slow down"),
        "500": (500, {}, "internal error"),
        "503": (503, {}, "overloaded"),
        "400": (400, {}, "maximum context length exceeded"),
        "401": (401, {}, f"Incorrect API key provided: {key}"),
        "404": (404, {}, "model not found"),
        "quota": (429, {}, "insufficient_quota"),
        "echo-key": (500, {"X-Key": key}, f"internal error while handling Bearer {key}"),
        "no-such-block": (418, {}, "no block matches"),
    }
    if fault in errors:
        status, headers, said = errors[fault]
        return name, fault, status, headers, said, ""
    assistants = [message["content"] for message in messages if message["role"] == "assistant"]
    only = [slot for slot in reply if f"只含这些键：{slot}。" in messages[-1]["content"]]
    good = {slot: parts for slot, parts in reply.items() if not only or slot in only}
    if assistants and ("接着写余下" in messages[-1]["content"] or "Go on exactly" in messages[-1]["content"]):
        rest = json.dumps(good, ensure_ascii=False)[len(assistants[-1]) :]
        if fault == "length":  # cut off again
            return name, fault, 200, {}, rest[: max(1, len(rest) // 2)], "length"
        return name, "continued", 200, {}, rest, "stop"
    if fault == "echo-key-reply":
        good = {slot: [*parts, {"kind": "text", "text": f"Bearer {key}"}] for slot, parts in good.items()}
    text, finish = text_of(good, fault)
    return name, fault, 200, {}, text, finish


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model = None

    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path.startswith("/v1/models"):
            return self.json(200, {"object": "list", "data": [{"id": "fake-1", "object": "model"}]})
        return self.model.batches.get(self)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        if len(content) < length:  # the client is gone
            return None
        if self.path == "/v1/chat/completions":
            return self.chat(json.loads(content))
        return self.model.batches.post(self, content)

    def authorised(self):
        return self.headers.get("Authorization") == f"Bearer {os.environ.get('FAKE_MODEL_KEY', 'none')}"

    def chat(self, body):
        name, fault, status, headers, text, finish = answer(self.model, body)
        prompt = "\n".join(message["content"] for message in body["messages"])
        usage = {
            "prompt_tokens": tokens(prompt),
            "completion_tokens": tokens(text),
            "total_tokens": tokens(prompt) + tokens(text),
            "prompt_tokens_details": {"cached_tokens": tokens(prompt[: self.model.cached(prompt)]) // 64 * 64},
        }
        entry = {
            "block": name,
            "fault": fault,
            "status": status,
            "stream": bool(body.get("stream")),
            "mode": (body.get("response_format") or {}).get("type", "text"),
            "authorised": self.authorised(),
            "prompt": usage["prompt_tokens"],
            "messages": len(body["messages"]),
        }
        self.model.log(state="begun", **entry)
        time.sleep(self.model.script.get("delay", 0.0))
        if fault == "slow":
            time.sleep(SLOW)
        if status != 200:
            self.json(status, {"error": {"message": text, "code": fault, "type": "error"}}, headers)
        elif fault == "garbage":
            self.raw(200, b"<html><body>It works!</body></html>", "text/html")
        elif body.get("stream"):
            self.stream(fault, text, finish, usage, "include_usage" in json.dumps(body.get("stream_options") or {}))
        else:
            self.whole(fault, text, finish, usage)
        self.model.log(state="ended", completion=usage["completion_tokens"], **entry)

    def whole(self, fault, text, finish, usage):
        message = {"role": "assistant", "content": text, "refusal": None}
        if fault == "refusal":
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
        choices = (
            []
            if fault == "empty-choice"
            else [{"index": 0, "message": message, "finish_reason": "content_filter" if fault == "filter" else finish}]
        )
        self.json(200, {"id": "c", "object": "chat.completion", "created": 1, "model": "fake-1-served",
                        "choices": choices, "usage": usage})  # fmt: skip

    def stream(self, fault, text, finish, usage, counted):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if fault == "huge":
            return self.endless()
        if fault == "refusal":
            self.event(delta={"refusal": "I cannot help with that."})
        elif fault == "empty-choice":
            self.event(choices=[])
        else:
            pieces = [text[i : i + 40] for i in range(0, len(text), 40)]
            for number, piece in enumerate(pieces):
                if fault in ("reset", "drop", "stream-error", "stall") and number == len(pieces) // 2:
                    return self.broken(fault)
                self.event(delta={"content": piece})
        if fault != "empty-choice":
            self.event(delta={}, finish="content_filter" if fault == "filter" else finish)
        if counted:
            self.event(choices=[], usage=usage)
        self.chunk(b"data: [DONE]\n\n")
        self.chunk(b"")

    def endless(self):
        try:
            while True:
                self.event(delta={"content": "x" * 4000})
        except OSError:
            self.close_connection = True

    def broken(self, fault):
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault == "stall":
            time.sleep(SLOW)
        elif fault == "stream-error":
            self.chunk(b'data: {"error": {"message": "the engine died", "code": "engine"}}\n\n')
            self.chunk(b"")
        else:
            self.chunk(b"")
        self.close_connection = True

    def event(self, delta=None, finish=None, choices=None, usage=None):
        if choices is None:
            choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "fake-1-served",
                 "choices": choices, "usage": usage}  # fmt: skip
        self.chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

    def chunk(self, content):
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def json(self, status, value, headers=None):
        self.raw(status, json.dumps(value, ensure_ascii=False).encode(), "application/json", headers)

    def raw(self, status, content, kind, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main(script, log):
    Handler.model = Model(script, log)
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
