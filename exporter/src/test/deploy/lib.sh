# shellcheck shell=bash
# Sourced by bin/test-deploy and by its parts. Below $WORK:
#   tools/            a Debian of the release that the image is of, with podman, buildah and runc
#   tools/work/       what they write: images, containers, the build's context
# A "node" is a network namespace with a veth pair to a client; podman runs in it, so that its network is the host's.

readonly TOOLS=$WORK/tools
readonly RELEASE=trixie
readonly IMAGE=localhost/http-ebpf-exporter
readonly INTERFACE=eth0 ADDRESS=10.204.0.1
readonly NODE=node-$$ CLIENT=client-$$
# In the background not by the function of that name: the process would be a shell, and its child outlive it.
readonly ON_NODE=(nsenter --net="/run/netns/$NODE")
# With a chroot instead of a mount namespace, podman exec would land outside of the container's root.
readonly ENTER=(nsenter --mount="$WORK/mnt")
readonly ENVIRONMENT=(env -i PATH=/usr/sbin:/usr/bin HOME=/root TMPDIR=/work/tmp PODMAN_IGNORE_CGROUPSV1_WARNING=1
  CONTAINERS_STORAGE_CONF=/work/storage.conf CONTAINERS_CONF=/work/containers.conf)

check() { # what expected found
  if [[ $2 == "$3" ]]; then
    echo "ok    $1: $3"
  else
    echo "FAIL  $1: expected '$2', found '$3'"
    return 1
  fi
}

await() { # what command…: at most half a minute
  local limit=$((SECONDS + 30))
  until "${@:2}" >/dev/null 2>&1; do
    if ((SECONDS > limit)); then
      echo "FAIL  waiting until $1"
      return 1
    fi
    sleep 0.1
  done
}

debian() { # target option…
  local options=() folder
  # As the slim images of Debian do.
  for folder in man locale info doc; do options+=(--dpkgopt="path-exclude=/usr/share/$folder/*"); done
  mmdebstrap --quiet --variant=minbase "${options[@]}" --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    "${@:2}" "$RELEASE" "$1"
}

tools_up() {
  local folder
  debian "$TOOLS" --include=podman,buildah,runc,catatonit,ca-certificates
  mkdir -p "$TOOLS/work/tmp"
  cp /etc/resolv.conf /etc/hosts "$TOOLS/etc/"
  mount --bind "$TOOLS" "$TOOLS"
  for folder in proc sys dev; do mount --rbind "/$folder" "$TOOLS/$folder"; done
  mount -t tmpfs tmpfs "$TOOLS/run"
  printf '%s\n' '[storage]' 'driver = "overlay"' 'graphroot = "/work/store"' 'runroot = "/run/store"' \
    >"$TOOLS/work/storage.conf"
  # Without CAP_SYS_RESOURCE, even root cannot go beyond its own limits, as podman's defaults do.
  printf '%s\n' '[containers]' "default_ulimits = [\"nofile=$(ulimit -Hn)\", \"nproc=$(ulimit -Hu)\"]" \
    '[engine]' 'runtime = "runc"' 'cgroup_manager = "cgroupfs"' 'events_logger = "file"' 'lock_type = "file"' \
    >"$TOOLS/work/containers.conf"
  setpriv --pdeathsig KILL unshare --mount sh -c "cd '$TOOLS' && mkdir -p old && pivot_root . old &&
    umount --lazy /old && exec sleep infinity" &
  HOLDER=$!
  await "the tools are entered" test -e "/proc/$HOLDER/root/work/storage.conf" -a ! -e "/proc/$HOLDER/root$TOOLS"
  ln -sfn "/proc/$HOLDER/ns/mnt" "$WORK/mnt"
}

tools_down() {
  if [[ -n ${HOLDER:-} ]]; then
    tool podman rm --all --force --time 5 >/dev/null 2>&1
    kill "$HOLDER"
  fi
  umount --recursive --lazy "$TOOLS" 2>/dev/null
}

tool() { "${ENTER[@]}" "${ENVIRONMENT[@]}" "$@"; } # command…

# The base that the builder's stages start from trusts whom this host trusts, or Maven may not reach its repository.
bases() {
  # shellcheck disable=SC2016 # mmdebstrap's shell expands it
  debian "$TOOLS/work/builder.tar" --include=ca-certificates \
    --customize-hook='copy-in /usr/local/share/ca-certificates /usr/local/share' \
    --customize-hook='chroot "$1" update-ca-certificates >/dev/null 2>&1'
  debian "$TOOLS/work/runtime.tar"
  tool podman import --quiet /work/builder.tar localhost/builder-base >/dev/null
  tool podman import --quiet /work/runtime.tar localhost/runtime-base >/dev/null
}

build_image() {
  local log=$WORK/build.log secret=()
  [[ ! -r ~/.m2/settings.xml ]] || {
    cp ~/.m2/settings.xml "$TOOLS/work/"
    secret=(--secret 'id=maven-settings,src=/work/settings.xml')
  }
  mkdir -p "$TOOLS/work/src"
  tar -c --exclude-vcs --exclude=target . | tar -x -C "$TOOLS/work/src"
  tool buildah build --pull=never --network=host --runtime=runc --isolation=oci "${secret[@]}" \
    --build-arg BUILDER_BASE=localhost/builder-base --build-arg RUNTIME_BASE=localhost/runtime-base \
    --build-arg VERSION="$(version)" --build-arg REVISION="$(revision)" \
    --tag "$IMAGE:$(version)" /work/src >"$log" 2>&1 || {
    tail -40 "$log"
    fail "the image does not build"
  }
}

node_up() {
  local end
  ip netns add "$NODE"
  ip netns add "$CLIENT"
  ip -n "$NODE" link add "$INTERFACE" type veth peer name "$INTERFACE" netns "$CLIENT"
  for end in "$NODE 1" "$CLIENT 2"; do
    ip -n "${end% *}" addr add "10.204.0.${end#* }/24" dev "$INTERFACE"
    ip -n "${end% *}" link set "$INTERFACE" up
    ip -n "${end% *}" link set lo up
  done
}

node_down() {
  [[ -z ${NGINX:-} ]] || stop "$NGINX"
  ip netns del "$CLIENT"
  ip netns del "$NODE"
}

on_node() { "${ON_NODE[@]}" "$@"; }

stop() { # process
  kill "$1"
  wait "$1" || true
}

on_client() { nsenter --net="/run/netns/$CLIENT" "$@"; }

node_podman() { "${ENTER[@]}" --net="/run/netns/$NODE" "${ENVIRONMENT[@]}" podman "$@"; }

# The real server; its limits are raised so that it reads, and logs, all that it is sent.
nginx_up() { # port command…: what runs a command where the server is to be, and becomes it
  local folder=$WORK/nginx
  rm -rf "$folder"
  mkdir -p "$folder"
  cat >"$folder/nginx.conf" <<-NGINX
	daemon off; master_process off; pid $folder/pid; error_log $folder/error.log;
	events { worker_connections 4096; }
	http {
	  log_format request '\$request'; access_log $folder/access.log request;
	  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
	  uwsgi_temp_path $folder; scgi_temp_path $folder;
	  keepalive_requests 10000000; keepalive_timeout 600s;
	  server { listen $1 backlog=4096; location / { return 200 "ok\n"; } }
	}
	NGINX
  "${@:2}" nginx -p "$folder" -c "$folder/nginx.conf" >"$folder/out.log" 2>&1 &
  NGINX=$!
  # Written once it listens.
  await "nginx listens" test -s "$folder/pid"
}

logged() { wc -l <"$WORK/nginx/access.log"; }

send() { # number of requests [URL]
  on_client ab -q -k -n "$1" -c 8 "${2:-http://$ADDRESS/}" >/dev/null
}

page() { # path
  on_node curl -sS --fail "http://127.0.0.1:10435$1"
}

counted() { # method [value of the label interface]
  sample "http_requests_total{method=\"$1\",interface=\"${2:-$INTERFACE}\",}"
}

sample() { # series
  page /metrics | awk -v series="$1" '$1 == series { printf "%d\n", $2 }'
}

is_ready() { [[ $(page /-/ready) == ready ]]; }

first_process() { node_podman inspect --format '{{.State.Pid}}' "$1"; } # container

status() { # container field: of its first process, as the kernel sees it
  awk -v field="$2:" '$1 == field { print $2 }' "/proc/$(first_process "$1")/status"
}
