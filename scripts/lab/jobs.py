# SPDX-License-Identifier: GPL-2.0
"""From the parameters of a scenario to what the guest executes.

    snd ---- to-rtr    to-snd ---- rtr ---- to-rcv    to-rtr ---- rcv
             loss                           rate, buffer,         delay of
                                            AQM, reordering       the ACKs

Each namespace has its file of tc commands; labflows has its script.
"""

# A full-sized packet and its Ethernet header.
PACKET = 1514
# tc lets a single packet pass at line rate, or a GSO one.
BURST, GSO_BURST = 1600, 70000
# Of the first flow, as in flows/flow.c.
FIRST_PORT = 5000
# Between two counts of what a receiver got.
BIN_MS = 50
# Where a queue must hold whatever comes.
ENDLESS = 1_000_000


def tbf(p, rate):
    return f"tbf rate {rate}mbit burst {GSO_BURST if p['gso'] else BURST} limit {ENDLESS * 1000}"


def fifo(p, packets):
    """Bytes where a packet may be many; packets otherwise, as routers count."""
    return f"bfifo limit {packets * PACKET}" if p["gso"] else f"pfifo limit {packets}"


def queue(p):
    """What waits for the bottleneck. netem's limit counts what is delayed, too."""
    if p["reorder"]:
        percent, ms = p["reorder"]
        under_way = round(p["rate"] * 1e6 * ms / 1e3 / 8 / PACKET)
        return f"netem delay {ms}ms reorder {percent:g}% limit {p['buffer'] + under_way}"
    return p["aqm"] or fifo(p, p["buffer"])


def bottleneck(p):
    if p["rate"] is None:
        return []
    return [f"qdisc add dev to-rcv root handle 1: {tbf(p, p['rate'])}",
            f"qdisc add dev to-rcv parent 1:1 handle 10: {queue(p)}"]


def bursts(percent, packets):
    """Of the model of Gilbert and Elliott: the chances that a burst begins and
    ends with a packet, and that a packet is lost in it and outside."""
    end = 100 / packets
    return f"{end * percent / (100 - percent):.4g}% {end:g}% 100% 0%"


def has_chance(p):
    """Does netem draw random numbers?"""
    return any(p[name] for name in ("loss", "burst", "reorder", "jitter"))


def sender(p):
    if p["fq"]:
        return ["qdisc add dev to-rtr root fq"]
    if p["loss"]:
        return [f"qdisc add dev to-rtr root netem loss {p['loss']:g}% limit {ENDLESS}"]
    if p["burst"]:
        return [f"qdisc add dev to-rtr root netem loss gemodel {bursts(*p['burst'])} "
                f"limit {ENDLESS}"]
    return []


def delay(p, ms):
    """What of the RTT is not before the bottleneck."""
    if p["reorder"]:
        ms -= p["reorder"][1]
    words = f"netem delay {ms:g}ms"
    if p["slot"]:
        words += f" slot {p['slot']:g}ms {p['slot']:g}ms"
    if p["jitter"]:
        ms, correlation, *in_order = p["jitter"]
        # netem keeps packets in order if it has a rate
        words += f" {ms}ms {correlation}%" + " rate 1gbit" * bool(in_order)
    return f"{words} limit {ENDLESS}"


def ack_path(p):
    if not isinstance(p["rtt"], (list, tuple)):
        return [f"qdisc add dev to-rtr root handle 1: {delay(p, p['rtt'])}"]
    # a band for each RTT, and no less than the three that prio's map names; a flow's
    # is chosen by its port
    ip = "ip6" if p["ipv6"] else "ip"
    return [f"qdisc add dev to-rtr root handle 1: prio bands {max(len(p['rtt']), 3)}"] + [
        f"qdisc add dev to-rtr parent 1:{i + 1} handle {i + 10}: {delay(p, ms)}"
        for i, ms in enumerate(p["rtt"])] + [
        f"filter add dev to-rtr parent 1: protocol {'ipv6' if p['ipv6'] else 'ip'} "
        f"u32 match {ip} sport {FIRST_PORT + i} 0xffff "
        f"flowid 1:{f['rtt_class'] + 1}" for i, f in enumerate(p["flows"])]


def change(p, what):
    if "rate" in what:
        return f"rtr qdisc change dev to-rcv handle 1: root {tbf(p, what['rate'])}"
    if "rtt" in what:
        return f"rcv qdisc change dev to-rtr handle 1: root {delay(p, what['rtt'])}"
    return f"rtr qdisc change dev to-rcv parent 1:1 handle 10: {fifo(p, what['buffer'])}"


def traffic(p, algorithm):
    lines = [f"duration {round(p['seconds'] * 1000)}", f"sample {p['sample_ms']}",
             f"bin {BIN_MS}"]
    lines += [f"at {ms} {change(p, what)}" for ms, what in p["changes"]]
    for f in p["flows"]:
        cc = algorithm if f["cc"] == "@" else f["cc"]
        stop = p["seconds"] if f["stop"] is None else f["stop"]
        times = [f["start"], stop, f["on"], f["off"], f["trickle"]]
        start_ms, stop_ms, on_ms, off_ms, trickle_ms = (round(t * 1000) for t in times)
        lines.append(f"flow {cc} {start_ms} {stop_ms} {f['size']} "
                     f"{on_ms} {off_ms} {trickle_ms}")
    if p["meter"]:
        lines.append("meter 1")
    if p["ipv6"]:
        lines.append("ipv6 1")
    if has_chance(p):
        lines.append(f"seed {p['seed']}")
    return lines


def drops(p):
    """Packets with data only: a lost SYN is another experiment."""
    if not p["drop_every"]:
        return []
    return ["table ip lab { chain c { type filter hook forward priority 0;",
            f"iifname to-snd ip length > 500 numgen inc mod {p['drop_every']} 0 drop", "}", "}"]


def files(p, algorithm):
    """The files of a run, by name."""
    segments, size = (65535, 65536) if p["gso"] else (1, PACKET)
    settings = [f"gso_segments={segments}", f"gso_size={size}", f"ecn={int(p['ecn'])}"]
    if "bbr3_loss_percent" in p:
        settings.append(f"bbr3_loss_percent={p['bbr3_loss_percent']}")
    return {
        "snd.tc": sender(p),
        "rtr.tc": bottleneck(p),
        "rcv.tc": ack_path(p),
        "nft": drops(p),
        "traffic": traffic(p, algorithm),
        "settings": settings,
    }
