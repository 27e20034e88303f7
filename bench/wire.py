"""Two network namespaces with a veth between them: a server's, where the programs run, and a client's."""
import contextlib
import os
import pathlib
import subprocess
import sys
import time

import bpf

SERVER, CLIENT = '10.0.0.2', '10.0.0.1'
NGINX = '''
daemon off; pid {0}/nginx.pid; error_log {0}/error.log; worker_processes 1; events {{ }}
http {{ access_log off; keepalive_requests 1000000000; sendfile on; client_body_temp_path {0}; proxy_temp_path {0};
  fastcgi_temp_path {0}; uwsgi_temp_path {0}; scgi_temp_path {0};
  server {{ listen 80; location / {{ root {0}/files; }} }} }}
'''


class Wire(contextlib.ExitStack):
    """Namespaces are those of processes, and go with them: nothing has a name that could stay behind."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.cgroup = hierarchy() / f'bench-{os.getpid()}'
        self.cgroup.mkdir()
        self.callback(self.cgroup.rmdir)
        self.server = self.namespace()
        self.client = self.namespace()
        self.call(self.server, 'ip', 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns',
                  str(self.client.pid))
        for side, address in ((self.server, SERVER), (self.client, CLIENT)):
            self.call(side, 'ip', 'address', 'add', f'{address}/24', 'dev', 'wire')
            self.call(side, 'ip', 'link', 'set', 'wire', 'up')

    def start_server(self, *command):
        """In the server's namespace and its cgroup, which its sockets belong to."""
        enter = 'echo $$ >"$0/cgroup.procs" && exec "$@"'
        self.start(*self.within(self.server, 'sh', '-c', enter, self.cgroup, *command))

    def start(self, *command):
        child = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
        self.callback(child.wait)
        self.callback(child.terminate)
        return child

    def namespace(self):
        own = pathlib.Path('/proc/self/ns/net').readlink()
        holder = self.start('unshare', '--net', 'sleep', 'infinity')
        until(lambda: pathlib.Path(f'/proc/{holder.pid}/ns/net').readlink() != own)
        return holder

    @staticmethod
    def within(side, *command):
        return ['nsenter', f'--net=/proc/{side.pid}/ns/net', *map(str, command)]

    def call(self, side, *command):
        run = subprocess.run(self.within(side, *command), capture_output=True, text=True)
        if run.returncode:
            sys.exit(f'{" ".join(map(str, command))}: {run.stdout}{run.stderr}')
        return run.stdout

    def serve(self):
        """nginx with files to answer from at port 80, and at 81 what reads uploads."""
        (self.folder / 'files').mkdir()
        (self.folder / 'files/small').write_bytes(b'x' * 100)
        (self.folder / 'nginx.conf').write_text('user root;' + NGINX.format(self.folder))
        self.start_server('nginx', '-e', self.folder / 'error.log', '-c', self.folder / 'nginx.conf')
        self.start_server(sys.executable, bpf.HERE / 'sink.py', SERVER, 81)
        for port in (80, 81):
            until(lambda: subprocess.run(self.within(self.client, 'bash', '-c', f'</dev/tcp/{SERVER}/{port}'),
                                         stderr=subprocess.DEVNULL).returncode == 0)


def hierarchy():
    """Where cgroups of version 2 are."""
    for line in pathlib.Path('/proc/self/mounts').read_text().splitlines():
        if line.split()[2] == 'cgroup2':
            return pathlib.Path(line.split()[1])
    sys.exit('cgroup version 2 is not mounted')


def until(ready):
    for _ in range(100):
        if ready():
            return
        time.sleep(0.05)
    sys.exit('waited for 5 s in vain')
