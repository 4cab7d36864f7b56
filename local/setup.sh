#!/usr/bin/env bash
# Make .venv with Python 3.13 and exactly the pinned packages, by uv. `make setup` runs this when .venv is missing or the pins changed.
set -euo pipefail
cd "$(dirname "$0")/.."

PINS=requirements-dev.txt
UV=$(command -v uv || true)

# A shim may be on PATH and still not run, so each candidate is run once before it is believed. Without uv, Python must bring pip.
works() {
  "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1 || return 1
  [ -n "$UV" ] || "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in "$(command -v python3.13)" "$(command -v python3)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do
    if [ -x "$candidate" ] && works "$candidate"; then echo "$candidate"; return; fi
  done
  if [ -n "$UV" ]; then
    candidate=$("$UV" python find 3.13 2>/dev/null || { "$UV" python install 3.13 >&2 && "$UV" python find 3.13; }) || return 0
    if works "$candidate"; then echo "$candidate"; fi
  fi
}

make_environment() {
  local python
  python=$(find_python)
  if [ -z "$python" ]; then
    echo "Causeway needs Python 3.13 with pip and venv. None was found on PATH, under pyenv or through uv." >&2
    echo "Install it (for example: pyenv install 3.13, or: uv python install 3.13) and run make again." >&2
    exit 1
  fi
  echo "Making .venv with $("$python" --version)"
  if [ -n "$UV" ]; then
    rm -rf .venv
    "$UV" venv --quiet --seed --python "$python" .venv  # seeded, because sam build needs pip
  else
    "$python" -m venv --clear .venv
  fi
}

pins_of() { awk -v name="$1==" 'index($0, name) == 1 {found = 1} found {print} found && !/\\$/ {exit}' "$PINS"; }

# uv itself is pinned too, so pip can bring it, checked by its hashes.
find_uv() {
  if [ -z "$UV" ] && ! .venv/bin/uv --version >/dev/null 2>&1; then
    echo "Installing uv"
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement <(pins_of uv)
  fi
  UV=${UV:-.venv/bin/uv}
}

install_pins() {
  echo "Installing $(grep -c '==' "$PINS") pinned packages, each checked by its hash"
  if ! "$UV" pip sync --python .venv/bin/python --require-hashes "$PINS"; then
    echo "uv could not install them (it does not read pip's settings, such as a package index of your own), so pip does; this takes a minute."
    .venv/bin/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes --requirement "$PINS"
  fi
  "$UV" pip check --python .venv/bin/python
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || ! works .venv/bin/python; then make_environment; fi
find_uv
install_pins
printf '%s\n' "$PWD/layers/causeway" "$PWD/clients/python" > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/causeway.pth"

# The command line runs from this checkout.
printf '#!/usr/bin/env bash\nexec %q -P -m causeway_client.cli.app "$@"\n' "$PWD/.venv/bin/python" > .venv/bin/causeway
chmod +x .venv/bin/causeway
