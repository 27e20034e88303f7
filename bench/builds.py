"""A build of the program for tc, loaded, with all that measures it: maps and drivers are its own."""
import sys

import bpf
from packets import Connection, request
from scenarios import LEARNED

FLOOR = 'floor/empty'
NEW_CONNECTIONS = 8192  # at a time; state has room for more


class Build:
    def __init__(self, name, program_object, folder, by_url=False):
        self.name, self.folder, self.by_url = name, folder, by_url
        self.clients = 0x0100000a  # 10.0.0.1, and on from there
        self.followed = {}  # by scenario: the connection, and what is known of it
        bpf.bpftool('prog', 'loadall', program_object, bpf.PINS / name)
        # Other builds have maps of the same names, and other shapes.
        for pin in bpf.PINS.glob('*_map'):
            pin.rename(bpf.PINS / name / pin.name)
        shape = bpf.bpftool('map', 'show', 'pinned', bpf.PINS / name / 'flow_map')
        driver = folder / f'{name}_driver'
        bpf.build(bpf.HERE / 'in_order.bpf.c', driver, f'-DKEY_OCTETS={shape["bytes_key"]}',
                  f'-DFLOW_OCTETS={shape["bytes_value"]}')
        bpf.bpftool('prog', 'loadall', driver, bpf.PINS / f'{name}_driver', 'map', 'name', 'flow_map',
                    'pinned', bpf.PINS / name / 'flow_map', 'pinmaps', bpf.PINS / f'{name}_driver_maps')
        # The port that the rows call learned.
        self.run('http_counter', Connection(20000, LEARNED).client(request(100)))

    def programs(self):
        return [f'{self.name}/http_counter', f'{self.name}/http_answers', f'{self.name}_driver/in_order']

    def frame(self, octets):
        path = self.folder / 'frame'
        path.write_bytes(octets)
        return path

    def run(self, program, octets, repeat=1):
        return bpf.run(f'{self.name}/{program}', self.frame(octets), repeat)

    def flows(self):
        return bpf.entries(f'{self.name}/flow_map')

    def requests_by_url(self):
        return sum(value['value']['requests'] for entry in bpf.formatted(f'{self.name}/url_request_map')
                   for value in entry['values'])

    def prepare(self, scenario):
        """Runs what was before, and keeps what the program then knows of the connection."""
        known = self.flows() if scenario.driver == 'in_order' else {}
        for program, octets in scenario.before:
            self.run(program, octets)
        if scenario.driver == 'in_order':
            new = {key: value for key, value in self.flows().items() if key not in known}
            if len(new) != 1:
                sys.exit(f'{self.name}, {scenario.name}: {len(new)} connections are followed, not one')
            self.followed[scenario.name] = new.popitem()

    def drive(self, scenario, program, octets, repeat):
        """One packet many times, through the driver."""
        maps = f'{self.name}_driver_maps'
        bpf.bpftool('map', 'update', 'pinned', bpf.PINS / maps / 'measured', 'key', 0, 0, 0, 0,
                    'value', 'pinned', bpf.PINS / program)
        if scenario.driver == 'in_order':
            bpf.update(f'{maps}/followed_map', b''.join(self.followed[scenario.name]))
        else:
            bpf.update(f'{maps}/next_client', self.clients.to_bytes(4, 'little'))
        return bpf.run(f'{self.name}_driver/{scenario.driver}', self.frame(octets), repeat)

    def measure(self, scenario, repeat):
        """Nanoseconds of the program, and of the empty one."""
        program = f'{self.name}/{scenario.program}'
        if not scenario.driver:
            return [bpf.run(name, self.frame(scenario.packet), repeat) for name in (program, FLOOR)]
        if scenario.after:
            repeat = NEW_CONNECTIONS
        for octets in scenario.after:
            self.drive(scenario, program, octets, repeat)
        durations = [self.drive(scenario, name, scenario.packet, repeat) for name in (program, FLOOR)]
        self.clients = (self.clients + repeat) & 0xffffffff
        return durations

    def check(self, scenario, times=1000):
        """That the program sees the packet as what it is meant to be, each time."""
        program = f'{self.name}/{scenario.program}'
        for octets in scenario.after:
            self.drive(scenario, program, octets, times)
        ledger = bpf.ledger(f'{self.name}/packet_map')
        by_url = self.requests_by_url() if self.by_url else 0
        if scenario.driver:
            self.drive(scenario, program, scenario.packet, times)
            self.clients += times
        else:
            self.run(scenario.program, scenario.packet, times)
        counted = {name: number - ledger[name]
                   for name, number in bpf.ledger(f'{self.name}/packet_map').items() if number != ledger[name]}
        expected = {scenario.result: times} if scenario.result else {}
        if counted != expected:
            sys.exit(f'{self.name}, {scenario.name}: the ledger has {counted}, not {expected}')
        if self.by_url and self.requests_by_url() - by_url != expected.get('request', 0):
            sys.exit(f'{self.name}, {scenario.name}: {self.requests_by_url() - by_url} requests are counted by URL')
        if scenario.driver == 'in_order':
            key, value = self.followed[scenario.name]
            if self.flows().get(key) == value:
                sys.exit(f'{self.name}, {scenario.name}: the program has not followed the packet')
