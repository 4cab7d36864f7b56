#!/usr/bin/env bash
# Make .venv with Python 3.13 and every pinned package. Looks on PATH, under pyenv, then asks uv.
set -euo pipefail
cd "$(dirname "$0")/.."

# A shim may be on PATH and still not run, so each candidate is run once before it is believed.
works() { "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in "$(command -v python3.13)" "$(command -v python3)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do
    if [ -x "$candidate" ] && works "$candidate"; then echo "$candidate"; return; fi
  done
  if command -v uv >/dev/null; then
    candidate=$(uv python find 3.13 2>/dev/null || { uv python install --quiet 3.13 >&2 && uv python find 3.13; }) || return 0
    if works "$candidate"; then echo "$candidate"; fi
  fi
}

python=$(find_python)
if [ -z "$python" ]; then
  echo "No Python 3.13 with pip and venv was found on PATH, under ~/.pyenv/versions or through uv." >&2
  echo "Install one (for example: pyenv install 3.13, or: uv python install 3.13) and run make again." >&2
  exit 1
fi

if ! works .venv/bin/python; then
  echo "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi
echo "Installing the pinned packages (about a minute the first time)"
.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
.venv/bin/python -m pip check
printf '%s\n' "$PWD/layers/causeway" "$PWD/clients/python" > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/causeway.pth"

# The command line runs from this checkout.
printf '#!/usr/bin/env bash\nexec %q -m causeway_client.cli.app "$@"\n' "$PWD/.venv/bin/python" > .venv/bin/causeway
chmod +x .venv/bin/causeway
