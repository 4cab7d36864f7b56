#!/usr/bin/env bash
# Run a command in the container (see Dockerfile) and, when it leaves a stack running, keep it until Ctrl-C.
set -uo pipefail

# The stack listens on loopback only, and so that its links are right outside too, on the same ports. A published port leads to the
# container's own address, so each is passed on from there.
if [ -z "${CAUSEWAY_CONTAINER_ADDRESS:=$(hostname -i | cut -d ' ' -f 1)}" ]; then
  echo "The container has no address of its own: the ports of the stack cannot be reached from outside." >&2
else
  for port in "$CAUSEWAY_API_PORT" "$CAUSEWAY_ORG_PORT" "$CAUSEWAY_AWS_PORT"; do
    socat "TCP-LISTEN:$port,bind=$CAUSEWAY_CONTAINER_ADDRESS,reuseaddr,fork" "TCP:127.0.0.1:$port" &
  done
fi

trap 'kill $(jobs -p) 2>/dev/null' EXIT

"$@"
code=$?
if [ -f .local/stack.json ] && [ "$code" -eq 0 ]; then
  echo "The stack runs until you press Ctrl-C."
  trap 'make down; exit 0' INT TERM
  while true; do sleep 1; done
fi
exit "$code"
