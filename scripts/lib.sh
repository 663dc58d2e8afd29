# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What every script here shares: where the tree is, how to speak, how to build.
# Sourced, never run; the caller has already set -euo pipefail.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root

# One cache serves every clone and every preset: paths below the tree are made
# relative before hashing, and the folder of the build is not hashed.
export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ccache}
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
export CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}

say() { printf '%s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# configure PRESET: configures build/PRESET once; Ninja redoes it when a list file changes.
configure() {
  [[ -f $root/build/$1/build.ninja ]] && return 0
  (cd "$root" && cmake --preset "$1" --log-level=WARNING)
}

# build PRESET [TARGET...]: configures when needed, then builds the targets, or everything.
build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build "$root/build/$preset" --parallel "${JOBS:-$(nproc)}" ${1:+--target "$@"}
}

# install_node_modules FOLDER: npm ci, only when the lock file is not the one that is installed.
install_node_modules() {
  cmp -s "$1/package-lock.json" "$1/node_modules/.aloft-lock" && return 0
  npm ci --prefix "$1" --no-audit --no-fund --ignore-scripts --loglevel=error &&
    cp "$1/package-lock.json" "$1/node_modules/.aloft-lock"
}
