# shellcheck shell=bash
# Sourced by the scripts beside it.

# The lowest Java that has the Foreign Function & Memory API for good.
readonly MIN_JAVA=22

top() { # the repository's top directory, also when called through a symlink
  dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
}

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Prints 25 for 25.0.1. The release file saves starting a JVM only to ask it; not every JRE has one.
java_major() {
  local version
  if [[ -r $1/release ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$1/release")
  else
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\(.*\)".*/\1/p')
  fi
  echo "${version%%[!0-9]*}"
}

# find_java java|javac: prints the home of the first Java that is new enough and has that program.
find_java() {
  local home major on_path
  on_path=$(type -P "$1") && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*; do
    [[ -n $home && -x $home/bin/$1 && -x $home/bin/java ]] || continue
    major=$(java_major "$home")
    if [[ $major =~ ^[0-9]+$ ]] && ((major >= MIN_JAVA)); then
      echo "$home"
      return
    fi
  done
  return 1
}

find_jdk() { find_java javac; }

# clang and its kin may be installed as clang or, without the default package, as clang-14.
find_versioned() {
  local v
  for v in "" $(seq -f -%g 40 -1 14); do
    type -P "$1$v" && return
  done
  return 1
}

# The version, from the only place that has it.
version() { sed -n 's,.*<revision>\(.*\)</revision>.*,\1,p' "$(top)/pom.xml"; }

# The commit for build_info. Under sudo the tree belongs to someone else, which git would refuse.
revision() {
  local revision
  revision=$(git -c safe.directory="$(top)" -C "$(top)" rev-parse --short HEAD 2>/dev/null) ||
    revision=unknown
  echo "$revision"
}
