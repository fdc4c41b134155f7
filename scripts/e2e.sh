#!/usr/bin/env bash
# Browser tests against the real binary with simulated providers. CHROMIUM names the browser; arguments go to Playwright.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
binary=${DAYBOOK_BINARY:-target/debug/daybook}
[ -x "$binary" ] || missing "$binary" "Build it first: cargo build --bin daybook (after npm --prefix web run build)."
work=$(mktemp -d)
"$binary" demo --keep "$work/data" --bind 127.0.0.1:0 --json >"$work/demo.json" 2>"$work/demo.log" &
pid=$!
cleanup() { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
for _ in $(seq 1 150); do [ -s "$work/demo.json" ] && break; kill -0 "$pid" 2>/dev/null || { cat "$work/demo.log"; exit 1; }; sleep 0.2; done
[ -s "$work/demo.json" ] || { say "the demo did not start within 30 s"; cat "$work/demo.log"; exit 1; }
field() { node -e 'const d=JSON.parse(require("fs").readFileSync(process.argv[1],"utf8").split("\n")[0]); process.stdout.write(String(d[process.argv[2]]??""))' "$work/demo.json" "$1"; }
export BASE_URL E2E_EMAIL E2E_PASSWORD SANDBOX_GOOGLE SANDBOX_CALDAV SANDBOX_MICROSOFT SANDBOX_SLACK
BASE_URL=$(field url) E2E_EMAIL=$(field email) E2E_PASSWORD=$(field password) SANDBOX_GOOGLE=$(field google) SANDBOX_CALDAV=$(field caldav)
SANDBOX_MICROSOFT=$(field microsoft) SANDBOX_SLACK=$(field slack)
set +e
npm --prefix web run --silent e2e -- "$@"
code=$?
set -e
[ $code = 0 ] || { say "last lines of the server's log:"; tail -n 40 "$work/demo.log"; }
exit $code
