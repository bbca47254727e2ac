#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Asks the netlink family with the kernel tree's own library for it, by the spec,
and prints rows as the files under /proc/net/tcpdiag have them. Runs in a test VM.

usage: netlink.py <REQUESTS

A request is a line, without blanks inside its words. Its output goes to FILE, which is
there when the answer is complete:

  FILE VIEW [JSON]       the rows of a dump, with a header; or what went wrong:
                         ERRNO ATTRIBUTE MESSAGE
  FILE both VIEW         the same, and the view's file read before, in FILE.file
  FILE get               the summary, as JSON
  FILE raw do|dump OPERATION HEX   attributes as they are: what went wrong, or ok
  FILE reserved          the same for a header whose reserved bytes are not 0
  FILE resume CHANGE     sockets in buffers of 4 KiB: buffers, flag INTR yes or no,
                         then the rows. Meanwhile a connection is opened if CHANGE
                         is 1
  FILE crowd N ROUNDS    N dumps at once, of each view in turn, a buffer of each at a
                         time: how many ended well. One is begun before them and is
                         not read to its end until the next storm
  FILE storm             dumps of each view, one after the other, until there is a file
                         `stop`: how many ended well. The module may come and go
  FILE subscribe NAME [JSON]   a socket of that name subscribes to changes of state, those
                         that the filter wants: ok, or what went wrong
  FILE unsubscribe NAME  the same socket ends that
  FILE events NAME       what it has not read yet, a row for each event with a header;
                         a line ENOBUFS where some were lost
  FILE close NAME        closes it
  FILE throng N          N processes subscribe and close again and again and read some,
                         until there is a file `stop`: how often the one that did so
                         least subscribed. The module may come and go
  FILE hold VIEW|all     begins a dump (or a hundred, of each view) and does not read it
                         to its end; ends when it is killed
"""
import errno
import itertools
import json
import os
import socket
import struct
import sys
import time
import traceback

# Beside this file: the spec, and the folder lib of tools/net/ynl.
HERE = os.path.dirname(os.path.realpath(__file__))
SPEC = HERE + '/tcpdiag.yaml'
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import lib.ynl				# noqa: E402
from lib import YnlFamily, NlError		# noqa: E402
from lib.ynl import Netlink, NlMsgs, SpaceAttrs	# noqa: E402


def escaped(name):
    return ''.join(c if '!' <= c <= '~' and c != '\\' else f'\\{ord(c):03o}' for c in name)


def end_text(end):
    if 'word' in end:
        return end['word']
    addr = bytes(end['addr'])
    if len(addr) == 4:
        text = socket.inet_ntop(socket.AF_INET, addr)
    elif not any(addr) and 'v6only' not in end:
        text = '*'
    else:
        text = f'[{socket.inet_ntop(socket.AF_INET6, addr)}]'
    if 'device' in end:
        text += '%' + socket.if_indextoname(end['device'])
    if 'port' in end:
        text += f":{end['port'] or '*'}"
    return text


def cell_text(spec, name, row):
    """One cell as the files have it; - for an attribute that is absent."""
    if name + '-word' in row:
        return row[name + '-word']
    if name not in row:
        return '-'
    value = row[name]
    if spec['type'] == 'nest' and spec['nested-attributes'] == 'end':
        return end_text(value)
    if spec['type'] == 'nest':
        return ','.join(f"{t['state']}:{t['us']}" for t in value)
    if spec['type'] == 'u8':
        return 'yes' if value else 'no'
    if 'tenths' in spec.yaml.get('doc', ''):
        return f'{value // 10}.{value % 10}'
    if name.endswith('comm'):
        return escaped(value)
    return str(value)


class Asker:
    def __init__(self):
        self.ynl = YnlFamily(SPEC, schema='')
        self.sockets, self.unread = {}, {}

    def columns(self, view):
        """The columns of a view, as the spec lists them in the dump's reply."""
        op = self.ynl.ops[view]
        names = op['dump']['reply']['attributes']
        return [n for n in names if not n.endswith('-word')], self.ynl.attr_sets[view]

    def text(self, view, rows):
        names, attrs = self.columns(view)
        lines = ['# ' + ' '.join(n.replace('-', '_') for n in names)]
        lines += [' '.join(cell_text(attrs[n], n, row) for n in names) for row in rows]
        return '\n'.join(lines) + '\n'

    def dump(self, view, request='{}'):
        return self.text(view, self.ynl.dump(view, json.loads(request)))

    def both(self, file, view):
        with open('/proc/net/tcpdiag/' + view) as shown:
            text = shown.read()
        with open(file + '.file', 'w') as out:
            out.write(text)
        return self.dump(view.replace('_', '-'))

    def get(self):
        return json.dumps(self.ynl.do('get', {}), indent=1) + '\n'

    def message(self, operation, payload, dump, reserved=0):
        op = self.ynl.ops[operation]
        flags = Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK | (Netlink.NLM_F_DUMP if dump else 0)
        header = struct.pack('HHII', self.ynl.nlproto.family_id, flags, 1, 0)
        body = header + struct.pack('BBH', op.req_value, 1, reserved) + payload
        return struct.pack('I', len(body) + 4) + body

    def exchange(self, message):
        """Sends a message; raises NlError, or returns after the last answer to it."""
        sock = self.ynl.sock
        sock.send(message)
        while True:
            for msg in NlMsgs(sock.recv(131072)):
                if msg.error:
                    raise NlError(msg)
                if msg.done:
                    return 'ok\n'

    def raw(self, how, operation, payload=''):
        return self.exchange(self.message(operation, bytes.fromhex(payload), how == 'dump'))

    def reserved(self):
        return self.exchange(self.message('get', b'', False, reserved=1))

    def new_socket(self):
        """The kernel's buffers are as large as the largest read from a socket before."""
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, Netlink.NETLINK_GENERIC)

    def resume(self, change):
        sock, opened = self.new_socket(), []
        op = self.ynl.ops['sockets']
        sock.send(self.message('sockets', b'', True))
        buffers, interrupted, rows, done = 0, False, [], False
        while not done:
            buffers += 1
            for msg in NlMsgs(sock.recv(4096)):
                interrupted = interrupted or bool(msg.nl_flags & 0x10)
                done = bool(msg.done)
                if not done:
                    attrs = self.ynl.nlproto.decode(self.ynl, msg, op).raw_attrs
                    rows.append(self.ynl._decode(attrs, 'sockets'))
            if buffers == 1 and change == '1':
                opened.append(socket.create_connection(('127.0.0.1', 8080)))
        flag = 'yes' if interrupted else 'no'
        return f'{buffers} {flag}\n' + self.text('sockets', rows)

    def hold(self, view):
        self.held = self.begin(100) if view == 'all' else [self.new_socket()]
        if view != 'all':
            self.held[0].send(self.message(view, b'', True))
        for sock in self.held:
            sock.recv(8192)

    def begin(self, n):
        """N dumps begun, of each view in turn."""
        views = [name for name, op in self.ynl.ops.items() if 'dump' in op]
        dumps = []
        for i in range(n):
            dumps.append(self.new_socket())
            dumps[-1].send(self.message(views[i % len(views)], b'', True))
        return dumps

    def crowd(self, n, rounds):
        ended = 0
        # one that does not end with its first buffer
        self.held = [self.new_socket()]
        self.held[0].send(self.message('sockets', b'', True))
        for _ in range(int(rounds)):
            dumps = self.begin(int(n))
            while dumps:
                last = [sock for sock in dumps
                        if any(msg.done and not msg.error for msg in NlMsgs(sock.recv(8192)))]
                ended += len(last)
                dumps = [sock for sock in dumps if sock not in last]
        return f'{ended}\n'

    def storm(self):
        views = [name for name, op in self.ynl.ops.items() if 'dump' in op]
        ended = tried = 0
        self.held = None
        while not os.path.exists('stop'):
            tried += 1
            try:
                lib.ynl.genl_family_name_to_id = None
                self.ynl.nlproto = lib.ynl.GenlProtocol('tcpdiag')
                self.exchange(self.message(views[tried % len(views)], b'', True))
                ended += 1
            except (KeyError, NlError):
                pass
        return f'{ended}\n'

    def ask(self, name, operation, attrs):
        """A request by a socket of its own; events that come meanwhile are kept."""
        op, space = self.ynl.ops[operation], 'subscription'
        sock = self.sockets[name]
        message = self.message(operation, b''.join(
            self.ynl._add_attr(space, key, value, SpaceAttrs(self.ynl.attr_sets[space], attrs))
            for key, value in attrs.items()), False)
        sock.send(message)
        while True:
            for msg in NlMsgs(sock.recv(131072)):
                if msg.error:
                    # none if the family has gone
                    if msg.extack:
                        self.ynl._decode_extack(message, op, msg.extack)
                    raise NlError(msg)
                if msg.done:
                    return 'ok\n'
                self.unread[name].append(msg)

    def subscribe(self, name, request='{}'):
        if name not in self.sockets:
            self.sockets[name], self.unread[name] = self.new_socket(), []
            # an answer is lost if events have filled the buffer
            self.sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO,
                                          struct.pack('ll', 2, 0))
            for option in (Netlink.NETLINK_CAP_ACK, Netlink.NETLINK_EXT_ACK):
                self.sockets[name].setsockopt(Netlink.SOL_NETLINK, option, 1)
        attrs = json.loads(request)
        return self.ask(name, 'subscribe', {'stream': 'transitions', **attrs})

    def unsubscribe(self, name):
        return self.ask(name, 'unsubscribe', {'stream': 'transitions'})

    def event_text(self, msg):
        """One event in the form of a row."""
        event = 'transition-event'
        raw = self.ynl.nlproto.decode(self.ynl, msg, self.ynl.msgs[event]).raw_attrs
        row, attrs = self.ynl._decode(raw, event), self.ynl.attr_sets[event]
        return ' '.join(cell_text(attrs[n], n, row) for n in self.event_columns())

    def event_columns(self):
        return [n for n in self.ynl.attr_sets['transition-event'] if n != 'pad']

    def read_all(self, name):
        """Lines, until there is nothing to read."""
        while self.unread[name]:
            yield self.event_text(self.unread[name].pop(0))
        while True:
            try:
                for msg in NlMsgs(self.sockets[name].recv(131072, socket.MSG_DONTWAIT)):
                    yield self.event_text(msg)
            except BlockingIOError:
                return
            except OSError as error:
                yield errno.errorcode[error.errno]

    def events(self, name):
        header = '# ' + ' '.join(n.replace('-', '_') for n in self.event_columns())
        return '\n'.join([header, *self.read_all(name)]) + '\n'

    def close(self, name):
        self.sockets.pop(name).close()
        return 'ok\n'

    def throng(self, n):
        ends = []
        for number in range(int(n)):
            end, other = os.pipe()
            if not os.fork():
                try:
                    os.write(other, b'%d' % self.subscribe_often(number))
                except Exception:
                    traceback.print_exc()
                os._exit(0)
            os.close(other)
            ends.append(end)
        return f'{min(int(os.read(end, 20) or 0) for end in ends)}\n'

    def subscribe_often(self, number):
        """After each subscription there is a file `subscribed-NUMBER`."""
        subscribed = i = 0
        stale = True
        while not os.path.exists('stop'):
            i += 1
            # two processes and one that is idle: at most 7 of 8 subscriptions
            name = str(i % 3)
            try:
                if stale:
                    lib.ynl.genl_family_name_to_id = None
                    self.ynl.nlproto = lib.ynl.GenlProtocol('tcpdiag')
                stale = False
                self.subscribe(name, '{}' if i % 5 else '{"filter":{"local-port":8090}}')
                subscribed += 1
                with open(f'subscribed-{number}', 'w'):
                    pass
                if i % 2:
                    # there may be no end of them
                    list(itertools.islice(self.read_all(name), 10))
                if i % 7 == 0:
                    self.unsubscribe(name)
            except (KeyError, NlError, OSError):
                stale = True
            if i % 4 and name in self.sockets:
                self.close(name)
        return subscribed

    def answer(self, file, what, *words):
        try:
            if what == 'both':
                return self.both(file, *words)
            if what in ('get', 'raw', 'reserved', 'resume', 'crowd', 'storm', 'hold',
                        'subscribe', 'unsubscribe', 'events', 'close', 'throng'):
                return getattr(self, what)(*words)
            return self.dump(what, *words)
        except NlError as error:
            extack = error.nl_msg.extack or {}
            name = errno.errorcode[error.error].replace('ENOTSUP', 'EOPNOTSUPP')
            return ' '.join([name,
                             extack.get('bad-attr', '-'), extack.get('msg', '-')]) + '\n'


def main():
    asker = Asker()
    for line in sys.stdin:
        file, what, *words = line.split()
        text = asker.answer(file, what, *words)
        with open(file + '.new', 'w') as out:
            out.write(text or 'held\n')
        os.rename(file + '.new', file)
        if what == 'hold':
            time.sleep(3600)


main()
