"""The Batch API of the fake server: files up, a batch that takes a few polls, files down."""

import json
import re
import threading


class Batches:
    """Files and batches in memory."""

    def __init__(self, model):
        self.model = model
        self.lock = threading.Lock()
        self.files = {}
        self.made = {}
        self.polls = {}

    def post(self, handler, content):
        if handler.path == "/v1/files":
            boundary = handler.headers["Content-Type"].split("boundary=")[1].strip('"').encode()
            parts = content.split(b"--" + boundary)
            body = next(part for part in parts if b'name="file"' in part).split(b"\r\n\r\n", 1)[1].rstrip(b"\r\n")
            name = self.add(body)
            self.model.log(state="file", block="", fault="", authorised=handler.authorised())
            return handler.json(200, self.described(name))
        if handler.path == "/v1/batches":
            asked = json.loads(content)
            with self.lock:
                name = f"batch_{len(self.made) + 1}"
                self.made[name] = {"id": name, "object": "batch", "endpoint": asked["endpoint"], "status": "validating",
                                   "input_file_id": asked["input_file_id"], "completion_window": "24h",
                                   "created_at": 1, "metadata": asked.get("metadata")}  # fmt: skip
            self.model.log(state="batch", block="", fault="", authorised=handler.authorised())
            return handler.json(200, self.made[name])
        return handler.json(404, {"error": {"message": "no such address"}})

    def get(self, handler):
        if match := re.fullmatch(r"/v1/files/(\w+)/content", handler.path):
            return handler.raw(200, self.files[match[1]], "application/jsonl")
        if match := re.fullmatch(r"/v1/batches/(\w+)", handler.path):
            return handler.json(200, self.polled(match[1]))
        if handler.path.startswith("/v1/batches"):
            return handler.json(200, {"object": "list", "data": list(self.made.values()), "has_more": False})
        return handler.json(404, {"error": {"message": "no such address"}})

    def add(self, body):
        with self.lock:
            name = f"file_{len(self.files) + 1}"
            self.files[name] = body
        return name

    def described(self, name):
        return {"id": name, "object": "file", "bytes": len(self.files[name]), "created_at": 1, "filename": "b.jsonl",
                "purpose": "batch", "status": "processed"}  # fmt: skip

    def polled(self, name):
        batch = self.made[name]
        self.polls[name] = self.polls.get(name, 0) + 1
        needed = self.model.script.get("polls", 2)
        if batch["status"] in ("completed", "expired"):
            return batch
        if self.polls[name] < needed:
            batch["status"] = "in_progress"
            return batch
        if int(name.split("_")[1]) <= self.model.script.get("expire", 0):
            batch["status"] = "expired"
            return batch
        self.run(batch)
        return batch

    def run(self, batch):
        from server import answer, tokens

        good, bad = [], []
        for line in self.files[batch["input_file_id"]].decode().splitlines():
            asked = json.loads(line)
            name, fault, status, _, text, finish = answer(self.model, asked["body"])
            prompt = "\n".join(message["content"] for message in asked["body"]["messages"])
            usage = {"prompt_tokens": tokens(prompt), "completion_tokens": tokens(text), "total_tokens": 0}
            message = {"role": "assistant", "content": text}
            if fault == "refusal":
                message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
            body = {"id": "c", "object": "chat.completion", "created": 1, "model": "fake-1-served", "usage": usage,
                    "choices": [{"index": 0, "message": message, "finish_reason": finish}]}  # fmt: skip
            if status != 200:
                body = {"error": {"message": text, "code": fault}}
            entry = {"id": "r", "custom_id": asked["custom_id"], "error": None,
                     "response": {"status_code": status, "request_id": "q", "body": body}}  # fmt: skip
            (good if status == 200 else bad).append(json.dumps(entry, ensure_ascii=False))
            self.model.log(state="ended", block=name, fault=fault, status=status, stream=False, mode="batch",
                           authorised=True, prompt=usage["prompt_tokens"], completion=usage["completion_tokens"],
                           messages=len(asked["body"]["messages"]))  # fmt: skip
        batch["output_file_id"] = self.add("\n".join(good).encode()) if good else None
        batch["error_file_id"] = self.add("\n".join(bad).encode()) if bad else None
        batch["status"] = "completed"
