#!/usr/bin/env bash
# Runs inside the virtual machine: load, count, swap, show, unload, by the packed exporter.
set -uo pipefail
# shellcheck source=/dev/null
source /shared/environment # JAVA
fails=0

check() { # what, expected, found
	if [[ $2 == "$3" ]]; then
		echo "ok    $1"
	else
		echo "FAIL  $1: expected '$2', found '$3'"
		fails=$((fails + 1))
	fi
}

exporter() { # the interpreter: for so short a run, compiling costs more than it gains
	"$JAVA" -Xint -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -jar /shared/http-ebpf-exporter.jar "$@"
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
exporter unload
check "unload" 0 $?
check "filters left" "" "$(tc filter show dev lo ingress)"
check "pins left" "" "$(ls /sys/fs/bpf)"
check "qdisc, but for an empty clsact" "$qdisc" "$(tc qdisc show dev lo | grep -v clsact)"
exit "$fails"
