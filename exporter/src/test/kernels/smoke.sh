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

# The programs of an object, by themselves: a refusal comes with the verifier's log.
check_verifier() { # object, its programs
	mount -t bpf bpf /sys/fs/bpf
	bpftool prog loadall "/shared/$1.bpf.o" /sys/fs/bpf/programs
	check "the verifier accepts $1" "$2" "$(cd /sys/fs/bpf/programs && echo ./* | sed 's,\./,,g')"
	umount /sys/fs/bpf
}

# Has the traffic sent, and compares: what the server has read since, what is counted, and what both should be.
send() { # description, command, GET and POST in all
	local read_by_server
	echo "$2" >&"${traffic[1]}"
	read -r read_by_server <&"${traffic[0]}"
	check "$1: read by the server" "$3" "$read_by_server"
	check "$1: counted" "$3" "$((before[0] + $(pinned 1))) $((before[1] + $(pinned 3)))"
	totals=$3
}

pinned() { # method: what its counter says, on the one processor; much sooner than the exporter could
	bpftool -j map lookup pinned "$pins/$capture/request_map" key "$1" 0 0 0 | sed 's/.*"rx_packets":\([0-9]*\).*/\1/'
}

count() {
	exporter show --json --interface lo | grep -o '"requests":{"_OTHER[^}]*' | head -n 1 |
		sed 's/.*"GET":\([0-9]*\).*"POST":\([0-9]*\).*/\1 \2/'
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

# A capture, from load to unload, while what others would have counted before is taken off.
run_capture() { # its directory, flags
	local gets posts
	capture=$1
	shift
	read -r -a before <<<"$totals"
	exporter load "$@"
	check "load $*" 0 $?
	gets=${before[0]} posts=${before[1]}
	send "a request a connection" heads "$((gets + 6)) $posts"
	send "a head split over two packets" split "$((gets + 7)) $posts"
	send "two requests in a packet" pipelined "$((gets + 9)) $posts"
	send "a body that begins with a request" body "$((gets + 9)) $((posts + 1))"
	exporter unload "$@"
	check "unload $*" 0 $?
	check "pins left" "" "$(ls /sys/fs/bpf)"
}

pins=/sys/fs/bpf/http-ebpf-exporter
capture=lo
before=(0 0) # counted by nobody, or by a capture that is gone
totals="0 0"
ip link set lo up
qdisc=$(tc qdisc show dev lo)
check_verifier http_counter "http_answers http_counter"
check_verifier http_counter_cgroup "http_answers http_counter"
! is_since 5.18 || check_verifier http_counter_xdp http_counter
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
mount -t cgroup2 none /sys/fs/cgroup
run_capture %cgroup --capture cgroup
if is_since 5.18; then
	run_capture %xdp/lo --capture xdp --interface lo
else
	refused=$(exporter load --capture xdp --interface lo 2>&1)
	check "load of what the kernel lacks" 1 $?
	check "what is said of it" "attach to xdp:lo: needs Linux 5.18, and this is $(uname -r); use --capture tc, or cgroup" "${refused#* error }"
fi
exit "$fails"
