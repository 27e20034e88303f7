"""The captures on live traffic: their programs beside empty ones, on the hooks of a Wire's server."""
import pathlib

import bpf

OBJECTS = {'tc': 'http_counter', 'cgroup': 'http_counter_cgroup', 'xdp': 'http_counter_xdp'}


class Capture:
    """Loaded, not attached. Its maps are pinned apart from those of the others, which have the same names."""

    def __init__(self, name, wire, objects):
        self.name, self.wire = name, wire
        self.pins = pathlib.Path(name)
        bpf.bpftool('prog', 'loadall', objects / f'{OBJECTS[name]}.bpf.o', bpf.PINS / name)
        for pin in bpf.PINS.glob('*_map'):
            pin.rename(bpf.PINS / name / pin.name)
        # A program each for either direction, since their statistics are told apart.
        for copy in ('empty_ingress', 'empty_egress'):
            bpf.bpftool('prog', 'loadall', wire.folder / 'empty', bpf.PINS / f'{name}_{copy}')

    def hooks(self):
        """By direction: the empty program and ours."""
        return {direction: (f'{self.name}_empty_{direction}/{empty}', f'{self.name}/{ours}')
                for direction, empty, ours in self.directions}

    def requests_counted(self):
        return sum(value['value']['rx_packets'] for method in range(10)
                   for value in bpf.lookup(self.pins / 'request_map', method)['formatted']['values'])


class Tc(Capture):
    directions = [('ingress', 'empty', 'http_counter'), ('egress', 'empty', 'http_answers')]

    def attach(self):
        self.wire.call(self.wire.server, 'tc', 'qdisc', 'add', 'dev', 'wire', 'clsact')
        for direction, programs in self.hooks().items():
            for priority, program in enumerate(programs, 1):
                self.wire.call(self.wire.server, 'tc', 'filter', 'add', 'dev', 'wire', direction, 'prio', priority,
                               'bpf', 'da', 'object-pinned', bpf.PINS / program)


class Cgroup(Capture):
    directions = [('ingress', 'empty_received', 'http_counter'), ('egress', 'empty_sent', 'http_answers')]

    def attach(self):
        for direction, programs in self.hooks().items():
            for program in programs:
                bpf.bpftool('cgroup', 'attach', self.wire.cgroup, direction, 'pinned', bpf.PINS / program, 'multi')


class Xdp(Capture):
    """The hook has one program: they take turns."""
    directions = [('ingress', 'empty_xdp', 'http_counter')]

    def attach(self, which):
        self.detach()
        self.wire.call(self.wire.server, 'ip', 'link', 'set', 'wire', 'xdpdrv', 'pinned',
                       bpf.PINS / self.hooks()['ingress'][which])

    def detach(self):
        self.wire.call(self.wire.server, 'ip', 'link', 'set', 'wire', 'xdpdrv', 'off')
