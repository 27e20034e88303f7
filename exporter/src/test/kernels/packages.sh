# shellcheck shell=bash
# Sourced by bin/test-kernels: tools, kernels and a root for arm64 from Debian's archive. Kernels and the root are
# unpacked below $work, never installed. What fetches fails with apt's message on standard error.
# shellcheck disable=SC2154 # those are assigned there

install_tools() { # kernel…
  local missing=() tool tools=(qemu-system-x86_64:qemu-system-x86 busybox:busybox-static depmod:kmod xz:xz-utils
    bpftool:bpftool)
  [[ $* != *-arm64* ]] || tools+=(qemu-system-aarch64:qemu-system-arm)
  for tool in "${tools[@]}"; do
    type -P "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
  done
  ((${#missing[@]} == 0)) ||
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "${missing[@]}" >&2
}

# apt-get and apt-cache of one architecture and suite alone, from the mirror that this host uses. They take nothing for
# installed, so that a root is fetched whole.
apt_of() { # architecture suite command…
  local architecture=$1 suite=$2 folder=$work/apt/$1/$2 site
  shift 2
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  # shellcheck disable=SC2016 # apt expands it
  site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    if [[ $suite == *-security ]]; then grep security; else grep -v security; fi | sed -n '\,/debian,{p;q}')
  echo "deb $site $suite main" >"$folder/sources.list"
  : >"$folder/status"
  "$@" -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::status="$folder/status" \
    -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User=root \
    -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" -o APT::Update::Error-Mode=any
}

depends() { # architecture suite package pattern
  apt_of "$1" "$2" apt-cache depends "$3" | sed -nE "s/^ *Depends: (linux-($4)-.*)/\1/p"
}

# Unpacks the kernel that a metapackage names. The package of the image may itself only name its parts.
fetch_kernel() { # architecture suite/metapackage
  local suite=${2%%/*} image packages package
  rm -rf "$work/kernel"
  mkdir -p "$work/kernel/usr/lib" "$work/debs"
  apt_of "$1" "$suite" apt-get -qq update >&2 || return
  image=$(depends "$1" "$suite" "${2#*/}" image)
  [[ -n $image ]] || { echo "${2#*/} names no kernel" >&2 && return 1; }
  packages=$(depends "$1" "$suite" "$image" 'binary|modules')
  for package in ${packages:-$image}; do
    (cd "$work/debs" && rm -f ./*.deb && apt_of "$1" "$suite" apt-get -qq download "$package" >&2) || return
    dpkg -x "$work/debs/$package"_*.deb "$work/kernel" || return
  done
  # Of the merged /usr, as newer packages have it, depmod knows only the link.
  [[ -e $work/kernel/lib ]] || ln -s usr/lib "$work/kernel/lib"
}

# Unpacks into $work/root what the smoke program runs there. No maintainer script runs, and none is missed.
fetch_arm64_root() {
  local deb
  apt_of arm64 trixie apt-get -qq update >&2 || return
  apt_of arm64 trixie apt-get -qq -y --download-only --no-install-recommends install \
    openjdk-25-jre-headless libbpf1 iproute2 bpftool python3-minimal busybox-static \
    bash dash coreutils grep sed mount util-linux >&2 || return
  mkdir "$work/root.part"
  for deb in "$work"/apt/arm64/trixie/cache/archives/*.deb; do
    dpkg -x "$deb" "$work/root.part" || return
  done
  mv "$work/root.part" "$work/root"
}
