# An AI backend for Baton: answers turns, hands off to a person on request. Replace `think` by your model.
#   BATON_WEBHOOK_SECRET=whsec_… PORT=8080 python3 server.py
import base64, hashlib, hmac, json, os, re, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

key = base64.b64decode(os.environ["BATON_WEBHOOK_SECRET"].removeprefix("whsec_"))
answers = {}  # A turn that comes again has the same id and must get the same answer.


def signed(headers, body):
    """Standard Webhooks: HMAC-SHA256 over id, time and body; several signatures while a secret is rotated."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    content = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in headers.get("webhook-signature", "").split(" "))


def think(turn):
    asked = [m["text"] for m in turn["messages"] if m["message_id"] in turn["new_message_ids"]]
    if re.search(r"\b(human|person|agent)\b", " ".join(asked), re.I):
        return {"text": "One moment, a colleague will answer.", "handoff": {"reason": "asked for a person", "summary": " ".join(asked)}}
    name = (turn["contact"] or {}).get("name") or "Hello"
    return {"text": f"{name}, you wrote: {' / '.join(asked)}", "tags": ["example"]}


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        good = signed(self.headers, body)
        answer = b""
        if good:
            turn = json.loads(body)
            answer = json.dumps(answers.setdefault(turn["dispatch_id"], think(turn))).encode()
        self.send_response(200 if good else 401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Backend)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
