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

send_requests() { # one of them with a request line of 8,000 octets
	python3 - <<-'PYTHON'
		import socket, threading
		server = socket.create_server(('127.0.0.1', 8080))
		def serve():
		    for _ in range(6):
		        connection, _ = server.accept()
		        while b'\r\n\r\n' not in connection.recv(65536)[-4:]: pass
		        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
		        connection.close()
		thread = threading.Thread(target=serve)
		thread.start()
		for i in range(6):
		    with socket.create_connection(('127.0.0.1', 8080)) as client:
		        client.sendall(b'GET /' + b'a' * (7986 if i == 5 else 0) + b' HTTP/1.1\r\n\r\n')
		        client.recv(1000)
		thread.join()
	PYTHON
}

count() {
	exporter show --json --interface lo | sed 's/.*"GET":\([0-9]*\).*/\1/'
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
exporter doctor --interface lo || fails=$((fails + 1))
exporter load --interface lo
check "load" 0 $?
send_requests
check "requests after the load" 6 "$(count)"
exporter load --interface lo
check "load again" 0 $?
send_requests
check "requests after the swap" 12 "$(count)"
check_readers 12
exporter unload
check "unload" 0 $?
check "filters left" "" "$(tc filter show dev lo ingress)"
check "pins left" "" "$(ls /sys/fs/bpf)"
check "qdisc, but for an empty clsact" "$qdisc" "$(tc qdisc show dev lo | grep -v clsact)"
exit "$fails"
