#!/usr/bin/env bash
# Installs what is missing on Debian or Ubuntu. What is there already is left alone.
#
#   scripts/install.sh            what building and running needs: a C compiler, OpenSSL's headers, Rust
#   scripts/install.sh --tests    also what testing needs: PostgreSQL's programs, Python, jq
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# Installs those of the named packages that the machine does not have.
packages() {
    local missing=()
    for package in "$@"; do
        dpkg-query --show --showformat '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    echo "Installing ${missing[*]}"
    as_root apt-get update -qq
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

rust() {
    local home=${CARGO_HOME:-$HOME/.cargo}
    PATH=$home/bin:$PATH
    if ! command -v cargo >/dev/null; then
        echo "Installing Rust"
        curl --proto '=https' --tlsv1.2 --silent --show-error --fail https://sh.rustup.rs |
            sh -s -- -y --quiet --no-modify-path --profile minimal --default-toolchain none ||
            { echo "Rust cannot be fetched: install it by https://rustup.rs and come back" >&2; return 1; }
    fi
    # The toolchain that rust-toolchain.toml names.
    cargo --version >/dev/null 2>&1 || rustup toolchain install
}

# PostgreSQL's programs, without the cluster that its package would make and start.
postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
    packages postgresql-common
    local settings=/etc/postgresql-common/createcluster.conf
    as_root cp "$settings" "$settings.kept"
    echo "create_main_cluster = false" | as_root tee -a "$settings" >/dev/null
    packages postgresql
    as_root mv "$settings.kept" "$settings"
}

if command -v apt-get >/dev/null; then
    packages ca-certificates curl gcc libc6-dev libssl-dev pkg-config
    if [ "${1:-}" = --tests ]; then
        packages jq
        python3 -c 'import venv, ensurepip' 2>/dev/null || packages python3 python3-venv
        postgres
    fi
fi
rust
