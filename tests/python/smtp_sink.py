"""A mail server for tests: smtp_sink.py PORT DIR

Keeps every message it takes as DIR/0001.json: {"from", "to", "message_id", "headers", "subject", "text", "html", "files"}. Port 0 picks
a free port. The first line on stdout is the port. What it does depends on the recipient's name:

  busy-N@…   451 to the first N messages, then it takes them
  gone@…     550
  lost@…     takes the first message and hangs up without an answer, then takes the same again
"""

import asyncio
import email
import email.policy
import json
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.refused = {}
        self.lost = set()
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.split("@")[0] == "gone":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name.startswith("busy-") and self.refused.get(name, 0) < int(name[5:]):
            self.refused[name] = self.refused.get(name, 0) + 1
            return "451 4.3.2 come again"
        self.keep(envelope)
        if name == "lost" and name not in self.lost:
            self.lost.add(name)
            server.transport.abort()
        return "250 OK"

    def keep(self, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
        files = [
            {"name": part.get_filename(), "type": part.get_content_type(), "size": len(part.get_payload(decode=True))}
            for part in message.iter_attachments()
        ]
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "message_id": message["message-id"],
            "subject": message["subject"],
            "headers": [name.lower() for name in message.keys()],
            "text": body["plain"].get_content() if body["plain"] else "",
            "html": body["html"].get_content() if body["html"] else "",
            "files": files,
        }
        self.count += 1
        target = self.folder / f"{self.count:04}.json"
        target.with_suffix(".part").write_text(json.dumps(kept))
        target.with_suffix(".part").rename(target)


async def main(port, folder):
    sink = Sink(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=True), "127.0.0.1", int(port))
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
