"""Starts `daybook sandbox` for the scripts that let official clients talk to it, and signs people in there."""

import base64
import hashlib
import json
import os
import secrets
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

CLIENT = ("daybook-sandbox", "sandbox-client-secret")


@contextmanager
def sandbox(port):
    """The simulators' addresses, as `daybook sandbox --json` prints them. `DAYBOOK` names the binary."""
    program = os.environ.get("DAYBOOK", "target/debug/daybook")
    process = subprocess.Popen([program, "sandbox", "--json", "--port", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def sign_in(authorize_url, token_url, provider, person, scopes, server="http://127.0.0.1:8000"):
    """What the token endpoint answers after `person` has agreed to everything on the consent page."""
    redirect = f"{server}/api/v1/integrations/{provider}/callback"
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "code_challenge": challenge, "code_challenge_method": "S256",
        "client_id": CLIENT[0], "redirect_uri": redirect, "response_type": "code", "scope": " ".join(scopes),
        "state": "s", "access_type": "offline", "prompt": "consent", "person": person, "decision": "allow",
    }
    form = urllib.parse.urlencode(asked).encode()
    try:
        urllib.request.build_opener(NoRedirect).open(authorize_url, form)
        raise SystemExit("the consent page did not send the browser back")
    except urllib.error.HTTPError as answer:
        back = urllib.parse.urlsplit(answer.headers["Location"])
    code = dict(urllib.parse.parse_qsl(back.query))["code"]
    form = urllib.parse.urlencode({
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier,
        "client_id": CLIENT[0], "client_secret": CLIENT[1],
    }).encode()
    with urllib.request.urlopen(token_url, form) as answer:
        return json.load(answer)


def violations(base):
    """What the simulator says its clients did wrong by the provider's own description of the API."""
    with urllib.request.urlopen(f"{base}/_sandbox/violations") as answer:
        return json.load(answer)


def fault(base, rule):
    """Makes the simulator misbehave as `rule` says (crates/sandbox/src/fault/rule.rs)."""
    request = urllib.request.Request(
        f"{base}/_sandbox/faults", json.dumps(rule).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


def heal(base):
    request = urllib.request.Request(f"{base}/_sandbox/faults", method="DELETE")
    urllib.request.urlopen(request).close()
