# shellcheck shell=bash
# Sourced by chart, after lib.sh. A pod as kubelet and containerd would make it: a network of its own behind a veth of
# the node, and a cgroup with the names that they give. nginx is in it.

readonly POD=pod-$$ POD_ADDRESS=10.205.0.2
POD_UID=$(</proc/sys/kernel/random/uuid)
CONTAINER_ID=$(sha256sum <<<"$POD_UID" | cut -d' ' -f1)
CGROUPS=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) || fail "cgroup version 2 is not mounted"
readonly POD_UID CONTAINER_ID CGROUPS
readonly OUR_CGROUPS=/test-deploy-$$
readonly POD_CGROUP=$OUR_CGROUPS/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_UID//-/_}.slice/cri-containerd-$CONTAINER_ID.scope

pod_up() {
  ip netns add "$POD"
  ip -n "$NODE" link add veth0 type veth peer name eth0 netns "$POD"
  ip -n "$NODE" addr add 10.205.0.1/24 dev veth0
  ip -n "$NODE" link set veth0 up
  ip -n "$POD" addr add "$POD_ADDRESS/24" dev eth0
  ip -n "$POD" link set eth0 up
  ip -n "$POD" link set lo up
  ip -n "$POD" route add default via 10.205.0.1
  ip -n "$CLIENT" route add 10.205.0.0/24 via "$ADDRESS"
  on_node sysctl --quiet --write net.ipv4.ip_forward=1
  mkdir -p "$CGROUPS$POD_CGROUP"
}

pod_down() {
  ip netns del "$POD"
  # A cgroup is empty a moment after its last process has ended.
  await "the pod's cgroups are empty" remove_cgroups
}

remove_cgroups() {
  [[ ! -d $CGROUPS$OUR_CGROUPS ]] || find "$CGROUPS$OUR_CGROUPS" -depth -type d -exec rmdir {} +
}

on_pod() { nsenter --net="/run/netns/$POD" "$@"; }

# Becomes a command of the container: its sockets are made in its cgroup.
in_container() {
  # shellcheck disable=SC2016 # the shell within expands it
  exec sh -c 'echo $$ >"$1" && shift && exec nsenter "$@"' sh "$CGROUPS$POD_CGROUP/cgroup.procs" \
    --net="/run/netns/$POD" "$@"
}
