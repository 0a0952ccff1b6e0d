#!/bin/sh
# Set-up, stage 1: npm packages (and with them Node 24), then stage 2 (scripts/setup/main.ts) on that Node.
# Needs only a POSIX shell and any Node from 18 on with npm. Does nothing that is done already.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"

# npm puts node_modules/.bin first, where our own Node is: it must not be the one that replaces itself.
PATH=$(printf %s "$PATH" | tr ':' '\n' | grep -v '/node_modules/' | paste -s -d : -)
export PATH

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "setup: node and npm are needed. On Debian or Ubuntu: sudo apt-get install nodejs npm" >&2
  exit 1
fi
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 18 ]; then
  echo "setup: $(command -v node) is $(node --version); Node 18 or newer is needed to install the Node that bootfleet runs on" >&2
  exit 1
fi

# One set-up at a time on a machine: the cache is shared by checkouts.
cache=${BOOTFLEET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bootfleet}
mkdir -p "$cache"
if command -v flock >/dev/null; then
  exec 9>"$cache/setup.lock"
  if ! flock -n 9; then
    echo "setup: waiting for another set-up on this machine"
    flock -w 1800 9 || { echo "setup: the other set-up did not end within 30 minutes ($cache/setup.lock)" >&2; exit 1; }
  fi
fi

if reason=$(node scripts/bootstrap/in-step.mjs "$root"); then
  echo "setup: npm packages: in step with package-lock.json"
else
  echo "setup: npm packages: ${reason:-unknown}; installing"
  # Install scripts stay off (.npmrc): only npm's `node` needs its own, which brings the Node binary.
  npm ci --no-audit --no-fund --loglevel=error
  npm rebuild node --ignore-scripts=false --loglevel=error
  reason=$(node scripts/bootstrap/in-step.mjs "$root") || { echo "setup: npm packages: still ${reason}" >&2; exit 1; }
fi

exec node_modules/.bin/node scripts/setup/main.ts "$@"
