#!/usr/bin/env bash
# Runs inside the virtual machine: load, count, swap, show, unload, by the packed exporter.
set -uo pipefail
# shellcheck source=/dev/null
source /shared/environment # JAVA
fails=0
as=() # whom the exporter runs as: a command, or root

check() { # what, expected, found
	if [[ $2 == "$3" ]]; then
		echo "ok    $1"
	else
		echo "FAIL  $1: expected '$2', found '$3'"
		fails=$((fails + 1))
	fi
}

exporter() { # the interpreter: for so short a run, compiling costs more than it gains
	"${as[@]}" "$JAVA" -Xint -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -jar /shared/http-ebpf-exporter.jar "$@"
}

# Both programs of the object, by themselves: a refusal comes with the verifier's log.
check_verifier() {
	mount -t bpf bpf /sys/fs/bpf
	bpftool prog loadall /shared/http_counter.bpf.o /sys/fs/bpf/programs
	check "the verifier accepts" "http_answers http_counter" "$(cd /sys/fs/bpf/programs && echo ./* | sed 's,\./,,g')"
	umount /sys/fs/bpf
}

# Has the traffic sent, and compares: what the server has read since, what is counted, and what both should be.
send() { # description, command, GET and POST in all
	local read_by_server
	echo "$2" >&"${traffic[1]}"
	read -r read_by_server <&"${traffic[0]}"
	check "$1: read by the server" "$3" "$read_by_server"
	check "$1: counted" "$3" "$(pinned 1) $(pinned 3)"
}

pinned() { # method: what its counter says, on the one processor; much sooner than the exporter could
	bpftool -j map lookup pinned "$pins/lo/request_map" key "$1" 0 0 0 | sed 's/.*"rx_packets":\([0-9]*\).*/\1/'
}

count() {
	exporter show --json --interface lo | sed 's/.*"GET":\([0-9]*\).*"POST":\([0-9]*\).*/\1 \2/'
}

is_since() { # kernel version
	printf '%s\n' "$1" "$(uname -r)" | sort -VC
}

become() { # nobody, with no capability but these: +bpf
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups "--bounding-set=-all$1" "--inh-caps=-all$1" "--ambient-caps=-all$1")
	check "capabilities ${1:-none}" "$2" "$("${as[@]}" sed -n 's/CapEff:.//p' /proc/self/status)"
}

# Who may read a pinned map without CAP_BPF: everybody since 5.19, before only where bpf is not closed to users.
check_readers() { # the count they are to see
	local closed=/proc/sys/kernel/unprivileged_bpf_disabled output
	check "bpf is closed to users" 2 "$(cat $closed)"
	become "" 0000000000000000
	if is_since 5.19; then
		check "requests that nobody sees" "$1" "$(count)"
	else
		output=$(exporter show 2>&1)
		check "show as nobody" 1 $?
		check "what nobody is told" "open $pins/lo/capture_info: EPERM (1) Operation not permitted; needs root or CAP_BPF, before Linux 5.19 to read too
lo: cannot be read" "${output#* warn  }"
		become ,+bpf 0000008000000000
		check "requests that nobody sees with CAP_BPF" "$1" "$(count)"
		become "" 0000000000000000
		echo 0 >$closed
		check "requests that nobody sees where bpf is open" "$1" "$(count)"
	fi
	as=()
}

pins=/sys/fs/bpf/http-ebpf-exporter
ip link set lo up
qdisc=$(tc qdisc show dev lo)
check_verifier
coproc traffic { python3 /shared/traffic.py; }
exporter doctor --interface lo || fails=$((fails + 1))
exporter load --interface lo
check "load" 0 $?
send "a request a connection" heads "6 0"
send "a head split over two packets" split "7 0"
send "two requests in a packet" pipelined "9 0"
send "a body that begins with a request" body "9 1"
send "half a head" begin "9 1"
exporter load --interface lo
check "load again" 0 $?
send "its other half, after the swap" finish "10 1"
check_readers "10 1"
check "requests that show prints" "10 1" "$(count)"
exporter unload
check "unload" 0 $?
check "filters left" "" "$(tc filter show dev lo ingress)$(tc filter show dev lo egress)"
check "pins left" "" "$(ls /sys/fs/bpf)"
check "qdisc, but for an empty clsact" "$qdisc" "$(tc qdisc show dev lo | grep -v clsact)"
exit "$fails"
