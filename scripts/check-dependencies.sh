#!/usr/bin/env bash
# Each direct dependency has its line in docs/dependencies.md, and each line its dependency.
set -euo pipefail
cd "$(dirname "$0")/.."

declared=$(sed -n '/^\[workspace.dependencies\]/,/^\[workspace.lints/p' Cargo.toml |
    grep -v 'path =' | grep -oE '^[a-z0-9_-]+' | sort)
explained=$(grep -oE '^\| `[a-z0-9_-]+`' docs/dependencies.md | tr -d '|` ' | sort)

diff <(echo "$declared") <(echo "$explained") ||
    { echo "docs/dependencies.md (>) does not explain what Cargo.toml (<) declares" >&2; exit 1; }
