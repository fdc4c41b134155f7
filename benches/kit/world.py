"""Daybook, its simulators and Radicale, each as a process of its own on loopback."""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from .measure import Failed, cpu_of, memory_of, run

ROOT = Path(__file__).resolve().parents[2]
EMAIL, WORKSPACE = "ada@northwind.example", "Northwind Studio"
OURS = ("DAYBOOK_", "GOOGLE_", "MICROSOFT_", "SLACK_", "ZOOM_", "WEBEX_", "FRONTEND_", "SMTP_", "MAIL_")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


BROWSER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def call(method, url, token=None, body=None, form=None):
    """Status, headers and JSON of one request."""
    data = json.dumps(body).encode() if body is not None else urllib.parse.urlencode(form).encode() if form else None
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        answer = BROWSER.open(urllib.request.Request(url, data, headers, method=method), timeout=120)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read()
    try:
        return answer.status, answer.headers, json.loads(text)
    except ValueError:
        return answer.status, answer.headers, text.decode(errors="replace")


def expect(status, answer):
    if answer[0] != status:
        raise Failed(f"expected {status}, got {answer[0]}: {str(answer[2])[:500]}")
    return answer[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS) and not name.lower().endswith("_proxy")}


class Process:
    """A server process; stopped at the end of a `with`."""

    def __init__(self, command, log, env=None, cwd=None, first_line=False):
        self.log = open(log, "ab")
        self.process = subprocess.Popen([str(word) for word in command], env=env, cwd=cwd, stderr=self.log,
                                        stdout=subprocess.PIPE if first_line else self.log)
        self.pid = self.process.pid
        self.line = self.process.stdout.readline().decode() if first_line else ""
        if first_line and not self.line:
            raise Failed(f"{command[0]} did not start; see {log}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    @property
    def cpu(self):
        return cpu_of(self.pid)

    def memory(self, what="VmRSS"):
        return memory_of(self.pid, what)


def simulators(binary, work, events, caldav_events, server):
    """The simulators, filled."""
    process = Process([binary, events, caldav_events, server], work / "simulators.log", first_line=True)
    process.about = json.loads(process.line)
    return process


class Radicale(Process):
    """Radicale on a collection of generated events."""

    USER, PASSWORD = "ada", "correct-horse"

    def __init__(self, python, work, events):
        folder = work / f"radicale-{events}"
        self.collection = folder / "storage/collection-root" / self.USER / "load"
        if not self.collection.exists():
            run([python, ROOT / "tests/python/generate_radicale.py", events, 0, 1, self.collection])
        super().__init__([python, ROOT / "tests/radicale/serve.py", 0, folder, f"{self.USER}:{self.PASSWORD}"],
                         work / "radicale.log", first_line=True)
        self.url = self.line.strip()
        for _ in range(200):
            with contextlib.suppress(OSError):
                call("GET", self.url)
                return self.warm()
            time.sleep(0.05)
        raise Failed("Radicale does not answer")

    def warm(self):
        """Reads everything once: on a collection of this size the first listings take Radicale longer than a client waits."""
        body = b'<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>'
        who = base64.b64encode(f"{self.USER}:{self.PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {who}", "Content-Type": "application/xml", "Depth": "0"}
        for _ in range(2):
            BROWSER.open(urllib.request.Request(f"{self.url}{self.USER}/load/", body, headers, method="REPORT"), timeout=900).read()


class Daybook:
    """An installation in a folder: commands that end, and a server."""

    def __init__(self, binary, folder, environment=None, database_url=None):
        self.binary, self.folder = Path(binary).resolve(), Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {**clean_environment(), "DAYBOOK_BIND": f"127.0.0.1:{self.port}", "DAYBOOK_BASE_URL": self.base,
                            "DAYBOOK_DATA_DIR": str(self.folder), "DAYBOOK_LOG": "warn", "DAYBOOK_ALLOW_PRIVATE_TARGETS": "true",
                            **(environment or {})}
        if database_url:
            self.environment["DAYBOOK_DATABASE_URL"] = database_url
        self.key = None

    @property
    def database(self):
        return self.folder / "daybook.db"

    def copy(self, folder, database_url=None):
        """The same installation in another folder, for one run that changes it."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        other = Daybook(self.binary, folder, database_url=database_url)
        other.environment = {**self.environment, "DAYBOOK_DATA_DIR": str(folder)}
        if database_url:
            other.environment["DAYBOOK_DATABASE_URL"] = database_url
        other.base, other.port, other.key = self.base, self.port, self.key
        return other

    def run(self, *words, stdin=""):
        return run([self.binary, *words], env=self.environment, cwd=self.folder, stdin=stdin)

    def sync(self, calendar, *words):
        """One sync in a process of its own; its cost and what it says."""
        cost = self.run("--json", "sync", "--calendar", calendar, *words)
        cost.result = json.loads(cost.out)[0].get("result") or {}
        return cost

    def set_up(self):
        """A person and her API key."""
        self.run("user", "create", "--email", EMAIL, "--workspace", WORKSPACE, "--role", "owner", "--password-stdin", stdin="a ledger of hours\n")
        self.key = self.run("api-key", "create", "--email", EMAIL, "--scopes", "read,write,admin").out.strip()

    @contextlib.contextmanager
    def serve(self, *words):
        """The server, ready. `started` is how long that took."""
        began = time.monotonic()
        with Process([self.binary, "serve", *words], self.folder / "serve.log", env=self.environment, cwd=self.folder) as process:
            while True:
                with contextlib.suppress(OSError):
                    if call("GET", f"{self.base}/readyz")[0] == 200:
                        break
                if process.process.poll() is not None or time.monotonic() - began > 60:
                    raise Failed(f"the server did not start; see {self.folder}/serve.log")
                time.sleep(0.002)
            process.started = time.monotonic() - began
            yield process

    def api(self, method, path, body=None, token=None):
        return call(method, f"{self.base}/api/v1{path}", token or self.key, body)

    def keys(self, count, scopes=("read",)):
        """More API keys: each has a request limit of its own."""
        return [expect(201, self.api("POST", "/api-keys", {"name": f"bench {n}", "scopes": [*scopes]}))["key"] for n in range(count)]

    def connect_google(self, person):
        """Connects the simulator's account as `person` would in a browser."""
        self.connect("google", person)

    def connect(self, provider, person):
        """The same at any provider that asks for consent."""
        url = expect(200, self.api("GET", f"/integrations/{provider}/authorize"))["authorization_url"]
        page, query = url.split("?", 1)
        form = {**dict(urllib.parse.parse_qsl(query)), "person": person, "decision": "allow"}
        location = call("POST", page, form=form)[1]["location"]
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        expect(200, self.api("POST", f"/integrations/{provider}/callback", {"code": back["code"], "state": back["state"]}))

    def connect_caldav(self, url, username, password):
        answer = self.api("POST", "/integrations/caldav/connect", {"url": url, "username": username, "password": password})
        expect(200, answer)

    def calendar(self, name=None):
        """The id of the calendar with this name, switched on."""
        calendars = expect(200, self.api("GET", "/integrations/calendars?limit=200"))["items"]
        found = next((c for c in calendars if name is None or c["name"].lower() == name.lower()), None)
        if not found:
            raise Failed(f"no calendar {name} among {[c['name'] for c in calendars]}")
        if not found["sync_enabled"]:
            expect(200, self.api("PUT", f"/integrations/calendars/{found['id']}/enable", {"enabled": True}))
        return found["id"]
