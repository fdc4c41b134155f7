# Shared by ./run, ./test and the CI script: looks for tools and says how to get what is missing.
say() { printf '%s\n' "$*"; }
missing() { say "Missing: $1"; say "  $2"; exit 1; }

need_cargo() {
  command -v cargo >/dev/null 2>&1 || missing "Rust (cargo)" "Install it with rustup (https://rustup.rs), or your system's rustup package; this project uses the toolchain named in rust-toolchain.toml."
}

need_node() {
  command -v node >/dev/null 2>&1 || missing "Node.js 20.19 or newer" "Install it from your system's packages or https://nodejs.org. With cargo alone, 'cargo run -- serve' gives the API without the dashboard."
  node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>20||(a===20&&b>=19)?0:1)' ||
    missing "Node.js 20.19 or newer (found $(node --version))" "Install a newer one from your system's packages or https://nodejs.org."
}

# quietly LOG COMMAND…: runs it, and shows its output only when it fails.
quietly() {
  local log=$1; shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    say "Failed: $*"; tail -n 60 "$log"; say "(whole output: $log)"; exit 1
  fi
}
