#!/usr/bin/env bash
# A Docker-compatible engine for tests on a machine that has no Docker daemon: podman's API on a unix socket, with runc.
#
#   export DOCKER_HOST=$(scripts/docker-api.sh start)
#   scripts/docker-api.sh stop
# Debian and Ubuntu, as root. `start` installs what is missing and prints the address.
set -euo pipefail
state=${DOCKER_API_STATE:-/tmp/migrate-docker-api}
socket=$state/engine.sock

install_packages() {
    if command -v podman runc iptables >/dev/null 2>&1 && [ -x /usr/lib/podman/netavark ]; then return; fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        podman runc netavark aardvark-dns iptables >/dev/null
}

# A sandbox may refuse to raise hard limits: they are taken out of a container's description before runc reads it.
configure() {
    mkdir -p "$state"
    cat >"$state/runc" <<'PY'
#!/usr/bin/env python3
import json
import os
import shutil
import sys

words = sys.argv[1:]
folders = [word.partition("=")[2] for word in words if word.startswith("--bundle=")]
folders += [after for word, after in zip(words, words[1:]) if word in ("--bundle", "-b")]
if "create" in words and folders:
    path = os.path.join(folders[0], "config.json")
    with open(path) as file:
        config = json.load(file)
    config["process"].pop("rlimits", None)
    config["process"].pop("oomScoreAdj", None)
    with open(path, "w") as file:
        json.dump(config, file)
os.execv(shutil.which("runc", path="/usr/sbin:/usr/bin:/sbin:/bin"), ["runc", *words])
PY
    chmod +x "$state/runc"
    cat >"$state/containers.conf" <<CONF
[containers]
default_ulimits = []
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[engine.runtimes]
runc = ["$state/runc"]
CONF
}

running() { [ -s "$state/pid" ] && kill -0 "$(cat "$state/pid")" 2>/dev/null; }

start() {
    install_packages >&2
    configure
    if ! running; then
        rm -f "$socket"
        setsid podman system service --time=0 "unix://$socket" >"$state/log" 2>&1 </dev/null &
        echo $! >"$state/pid"
        for _ in $(seq 100); do
            [ -S "$socket" ] && break
            sleep 0.1
        done
        [ -S "$socket" ] || { cat "$state/log" >&2; exit 1; }
    fi
    echo "unix://$socket"
}

stop() {
    if running; then kill "$(cat "$state/pid")"; fi
    rm -f "$state/pid" "$socket"
}

export CONTAINERS_CONF=$state/containers.conf
case ${1:-} in
start | stop) "$1" ;;
*)
    sed -n '2,6p' "$0" >&2
    exit 2
    ;;
esac
