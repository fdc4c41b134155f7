#!/usr/bin/env bash
# Browser tests against the real binary with simulated providers. CHROMIUM names the browser; arguments go to Playwright.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
binary=${DAYBOOK_BINARY:-target/debug/daybook}
[ -x "$binary" ] || missing "$binary" "Build it first: cargo build --bin daybook (after npm --prefix web run build)."
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# A mail server that keeps what it is given, where Python has aiosmtpd (./test makes such a .venv). The specs look into E2E_MAILS.
smtp='' E2E_MAILS=''
for python in .venv/bin/python python3; do
  "$python" -c 'import aiosmtpd' >/dev/null 2>&1 || continue
  mkdir "$work/mails"
  "$python" tests/python/smtp_sink.py 0 "$work/mails" >"$work/sink.port" 2>"$work/sink.log" &
  pids+=($!)
  for _ in $(seq 1 50); do [ -s "$work/sink.port" ] && break; kill -0 "${pids[0]}" 2>/dev/null || break; sleep 0.2; done
  [ -s "$work/sink.port" ] || { say "the mail server of the tests did not start:"; cat "$work/sink.log"; exit 1; }
  smtp="smtp://127.0.0.1:$(head -n 1 "$work/sink.port")" E2E_MAILS="$work/mails"
  break
done
if [ -z "$smtp" ]; then
  [ "${DAYBOOK_REQUIRE_ALL:-}" != 1 ] || missing "aiosmtpd" "Make the Python environment: python3 -m venv .venv && .venv/bin/pip install -r tests/python/requirements.txt"
  say "(no aiosmtpd in .venv or python3: what is mailed is not looked at, and counts as skipped)"
fi

"$binary" demo --keep "$work/data" --bind 127.0.0.1:0 --json ${smtp:+--smtp-url "$smtp"} >"$work/demo.json" 2>"$work/demo.log" &
pid=$!
pids+=("$pid")
for _ in $(seq 1 150); do [ -s "$work/demo.json" ] && break; kill -0 "$pid" 2>/dev/null || { cat "$work/demo.log"; exit 1; }; sleep 0.2; done
[ -s "$work/demo.json" ] || { say "the demo did not start within 30 s"; cat "$work/demo.log"; exit 1; }
field() { node -e 'const d=JSON.parse(require("fs").readFileSync(process.argv[1],"utf8").split("\n")[0]); process.stdout.write(String(d[process.argv[2]]??""))' "$work/demo.json" "$1"; }
export BASE_URL E2E_EMAIL E2E_PASSWORD E2E_MAILS SANDBOX_GOOGLE SANDBOX_CALDAV SANDBOX_MICROSOFT SANDBOX_SLACK
BASE_URL=$(field url) E2E_EMAIL=$(field email) E2E_PASSWORD=$(field password) SANDBOX_GOOGLE=$(field google) SANDBOX_CALDAV=$(field caldav)
SANDBOX_MICROSOFT=$(field microsoft) SANDBOX_SLACK=$(field slack)
set +e
npm --prefix web run --silent e2e -- "$@"
code=$?
set -e
[ $code = 0 ] || { say "last lines of the server's log:"; tail -n 40 "$work/demo.log"; }
exit $code
