#!/usr/bin/env bash
# Regenerates the bindings to libbpf. Needs jextract on the PATH, libbpf-dev and linux-libc-dev.
#
# What is committed was made by jextract 22 (its sources of 2024-12-11, the last whose output compiles
# at --release 22) with libclang 14, libbpf 1.1.2 and linux-libc-dev 6.1.
#
# usage: generate.sh [output folder; default: the module's own sources]
set -euo pipefail
cd "$(dirname "$0")"
output=${1:-src/main/java}
command -v jextract >/dev/null || { echo "generate.sh: jextract is not on the PATH" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep '^--' includes.txt >"$work/options"
jextract --output "$work/java" --target-package io.github.httpebpf.libbpf \
	--header-class-name Libbpf -l :libbpf.so.1 "@$work/options" libbpf.h 2> >(grep -v 'warning: Skipping' >&2)
# jextract leaves trailing blanks in its comments; git and reviewers mind them.
find "$work/java" -name '*.java' -exec sed -i 's/[[:blank:]]*$//' {} +

package=io/github/httpebpf
mkdir -p "$output/$package"
rm -rf "${output:?}/$package/libbpf"
mv "$work/java/$package/libbpf" "$output/$package/"
