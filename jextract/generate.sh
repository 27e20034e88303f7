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

options=$(mktemp)
trap 'rm -f "$options"' EXIT
grep '^--' includes.txt >"$options"
rm -rf "$output/io/github/httpebpf/libbpf"
jextract --output "$output" --target-package io.github.httpebpf.libbpf \
	--header-class-name Libbpf -l :libbpf.so.1 "@$options" libbpf.h 2> >(grep -v 'warning: Skipping' >&2)
# jextract leaves trailing blanks in its comments; git and reviewers mind them.
find "$output/io/github/httpebpf/libbpf" -name '*.java' -exec sed -i 's/[[:blank:]]*$//' {} +
