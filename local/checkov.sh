#!/usr/bin/env bash
# Run checkov over the template. It pins packages that exclude ours, so it has an environment of its own under .local, with the exact
# packages of requirements-checkov.txt, made again when that file changes.
set -euo pipefail
cd "$(dirname "$0")/.."

PLACE=.local/checkov
PINS=requirements-checkov.txt
if ! cmp -s "$PINS" "$PLACE/pins.txt"; then
  rm -rf "$PLACE"
  .venv/bin/uv venv --quiet --python "$(readlink -f .venv/bin/python)" "$PLACE"
  .venv/bin/uv pip sync --quiet --python "$PLACE/bin/python" --require-hashes "$PINS"
  cp "$PINS" "$PLACE/pins.txt"
fi
"$PLACE/bin/checkov" --config-file .checkov.yaml
