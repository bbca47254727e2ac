#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reads metrics from stdin as strictly as Prometheus's text format allows, and a
little more strictly: what node_exporter's textfile collector refuses is wrong too.
Prints what is wrong, one line each, and exits 1; else prints the number of series.

usage: metrics.py <FILE
"""
import re
import sys

NAME = re.compile(r'[a-zA-Z_:][a-zA-Z0-9_:]*')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
NUMBER = re.compile(r'[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN')
SUFFIXES = {'histogram': ('_bucket', '_count', '_sum')}

wrong = []
families = {}		# name -> {type, help, samples}
order = []


def complain(number, text):
    wrong.append('line %d: %s' % (number, text))


def family_of(name):
    for family in families:
        kind = families[family]['type']
        if name == family and kind != 'histogram':
            return family
        if name.startswith(family) and name[len(family):] in SUFFIXES.get(kind, ()):
            return family
    return None


def read_comment(number, line):
    words = line.split(' ', 3)
    if len(words) < 4 or words[0] != '#' or words[1] not in ('HELP', 'TYPE'):
        complain(number, 'a comment that is neither HELP nor TYPE')
        return
    name = words[2]
    family = families.setdefault(name, {'type': None, 'help': None, 'samples': {}})
    if words[1].lower() == 'help':
        if family['help'] is not None:
            complain(number, 'a second HELP of ' + name)
        family['help'] = words[3]
        return
    if family['type'] is not None:
        complain(number, 'a second TYPE of ' + name)
    if family['samples']:
        complain(number, 'TYPE after samples of ' + name)
    if words[3] not in ('gauge', 'counter', 'histogram'):
        complain(number, 'no such type: ' + words[3])
    family['type'] = words[3]


def read_labels(number, text):
    labels, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match:
            complain(number, 'malformed labels: ' + text)
            break
        if match.group(1) in labels:
            complain(number, 'a label twice: ' + match.group(1))
        labels[match.group(1)] = match.group(2)
        at = match.end()
        if at < len(text):
            if text[at] != ',':
                complain(number, 'no comma between labels: ' + text)
                break
            at += 1
    return tuple(sorted(labels.items()))


def end_of_labels(rest):
    quoted = False
    at = 1
    while at < len(rest):
        if quoted and rest[at] == '\\':
            at += 1
        elif rest[at] == '"':
            quoted = not quoted
        elif rest[at] == '}' and not quoted:
            return at
        at += 1
    return -1


def read_sample(number, line):
    match = NAME.match(line)
    if not match:
        complain(number, 'no name')
        return
    name, rest, labels = match.group(), line[match.end():], ()
    if rest.startswith('{'):
        end = end_of_labels(rest)
        if end < 0:
            complain(number, 'labels without an end')
            return
        labels, rest = read_labels(number, rest[1:end]), rest[end + 1:]
    if not rest.startswith(' ') or not NUMBER.fullmatch(rest[1:]):
        complain(number, 'not one number and nothing else: %r' % rest)
        return
    place(number, name, labels, float(rest[1:]))


def place(number, name, labels, value):
    family = family_of(name)
    if not family:
        complain(number, 'no TYPE before ' + name)
        return
    if not order or order[-1] != family:
        if family in order:
            complain(number, 'the series of %s do not stand together' % family)
        order.append(family)
    samples = families[family]['samples']
    if (name, labels) in samples:
        complain(number, 'a series twice: %s%s' % (name, labels))
    samples[name, labels] = value


def check_histogram(name, samples):
    series = {}
    for (sample, labels), value in samples.items():
        rest = tuple(label for label in labels if label[0] != 'le')
        series.setdefault(rest, {})[sample, dict(labels).get('le')] = value
    for labels, values in series.items():
        buckets = sorted((float(le), value) for (sample, le), value in values.items() if le)
        if not buckets or buckets[-1][0] != float('inf'):
            wrong.append('%s%s: no bucket +Inf' % (name, labels))
            continue
        if [v for _, v in buckets] != sorted(v for _, v in buckets):
            wrong.append('%s%s: buckets fall' % (name, labels))
        if values.get((name + '_count', None)) != buckets[-1][1]:
            wrong.append('%s%s: count is not the bucket +Inf' % (name, labels))
        if (name + '_sum', None) not in values:
            wrong.append('%s%s: no sum' % (name, labels))


def check_families():
    for name, family in families.items():
        if not family['help'] or not family['type'] or not family['samples']:
            wrong.append('%s: HELP, TYPE or samples are missing' % name)
        if (family['type'] == 'counter') != name.endswith('_total'):
            wrong.append('%s: a counter ends with _total, and nothing else' % name)
        if family['type'] == 'histogram':
            check_histogram(name, family['samples'])


def main():
    text = sys.stdin.buffer.read().decode('utf-8')
    if not text.endswith('\n'):
        wrong.append('the last line has no end')
    for number, line in enumerate(text.split('\n')[:-1], 1):
        if line.startswith('#'):
            read_comment(number, line)
        else:
            read_sample(number, line)
    check_families()
    total = sum(len(family['samples']) for family in families.values())
    own = families.get('tcpdiag_exporter_series', {'samples': {}})['samples']
    if own and list(own.values()) != [total]:
        wrong.append('%d series, but it says %s' % (total, list(own.values())))
    print('\n'.join(wrong) if wrong else total)
    sys.exit(bool(wrong))


main()
