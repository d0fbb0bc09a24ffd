#!/bin/sh
# Pin every package with hashes, without any index address. Needs uv (pip install uv).
set -eu
cd "$(dirname "$0")/.."
common="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet"
uv pip compile pyproject.toml --group build $common -o requirements/run.txt
uv pip compile pyproject.toml --group dev -c requirements/run.txt $common -o requirements/dev.txt
