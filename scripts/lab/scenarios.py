# SPDX-License-Identifier: GPL-2.0
"""The one table of the lab's scenarios.

A scenario is a path, a time and flows. Its points vary one or more of the
parameters; each point is run for each algorithm. "@" in the flows stands for
the algorithm under test. What each parameter means is said in DEFAULTS;
jobs.py turns them into tc commands. Sources: S1 to S12 are the scenarios whose
in-tree figures are known (BASELINES in check.py); the loss sweep is figure 8 of
Cardwell et al., BBR (ACM Queue 2016); the windows are the tables of RFC 9438.
"""

OURS = ("cubic_rfc9438", "bbr3", "aimd")
IN_TREE = ("cubic", "bbr", "reno")

DEFAULTS = {
    "rate": None,        # Mbit/s of the bottleneck, Ethernet header included; None: no limit
    "rtt": 40,           # ms, all of it on the ACK path; a list: one per ACK class
    "buffer": 1000,      # packets that may wait at the bottleneck
    "aqm": None,         # a tc qdisc instead of the plain FIFO
    "ecn": False,        # negotiate ECN
    "loss": 0,           # percent of the data packets, random, before the bottleneck
    "burst": None,       # (percent, packets): that share of the packets is lost, so many in a
                         # row on average (Gilbert-Elliott); instead of loss
    "drop_every": 0,     # each Nth data packet is dropped
    "reorder": None,     # (percent, ms): that share of the packets overtakes the queue and
                         # a delay of ms before it
    "jitter": None,      # (ms, correlation in percent) on the ACK path; with a third entry
                         # ACKs stay in order, as on a radio link
    "slot": 0,           # ms; ACKs are released at once, so often, as by a cable or radio link
    "fq": False,         # the sender has sch_fq, which does the pacing; no loss then
    "ipv6": False,       # flows are of IPv6
    "gso": False,        # packets of up to 64 kB: for rates an emulated CPU cannot do otherwise
    "seconds": 20,       # length of the run
    "sample_ms": 50,     # between samples of TCP_INFO
    "changes": (),       # (ms, {"rate": Mbit/s}, {"rtt": ms} or {"buffer": packets}), in order
                         # of time
    "flows": ("@",),     # see flow()
    "seed": 1,           # of netem's chance: the run's number
    "meter": False,      # count the first flow's instructions (scripts/lab/meter)
    "load": 1.0,         # share of the rate that is used, for the estimate of wall time
}
# Beside these a point may have "rate_hint", Mbit/s for the estimate where rate is None, and
# "bbr3_loss_percent", the module's parameter.


def flow(cc="@", start=0.0, stop=None, size=0, rtt_class=0, on=0.0, off=0.0, trickle=0.0):
    """Times in seconds; size in bytes, 0: as long as it runs; data for the time
    on, none for the time off, and so on; for the time trickle at first only 10 kB
    each 0.1 s."""
    return {"cc": cc, "start": start, "stop": stop, "size": size, "rtt_class": rtt_class,
            "on": on, "off": off, "trickle": trickle}


def packets(rate, rtt):
    """The bandwidth-delay product in full-sized packets."""
    return round(rate * 1e6 * rtt / 1e3 / 8 / 1514)


def short_flows(size, every, count, first=1.0):
    return [flow(start=first + i * every, size=size) for i in range(count)]


def late_points():
    """One flow joins one or three others; the buffer is in BDP."""
    return {f"{rate}M-{bdp}bdp-{join}s-{count}flows":
            {"rate": rate, "buffer": bdp * packets(rate, 40), "seconds": join + 25,
             "flows": ("@",) * (count - 1) + (flow(start=join),)}
            for rate in (10, 50, 200) for bdp in (1, 2) for join in (5, 30) for count in (2, 4)}


GOODPUT = ("goodput", "retrans_percent", "srtt_p50", "srtt_p95")


def scenario(title, points, only=None, default=(), columns=GOODPUT, **parameters):
    """only: algorithms it is for (all six); default: points of the default
    subset; columns: the measures that its table shows."""
    return {"title": title, "points": points, "only": only, "default": tuple(default),
            "columns": columns, "parameters": parameters}


SCENARIOS = {
    "S1": scenario(
        "one flow, buffers from shallow to one bandwidth-delay product",
        {str(n): {"buffer": n} for n in (8, 17, 41, 165)},
        default=("17",),
        rate=50, rtt=40, seconds=20, load=0.85),
    "S2": scenario(
        "beside one flow of in-tree cubic, which came 2 s earlier; buffers of 0.1, 1, 2 and 4 BDP",
        {str(n): {"buffer": n} for n in (12, 124, 248, 496)},
        only=("cubic_rfc9438", "bbr3", "aimd", "bbr", "reno"),
        columns=("goodput", "other_goodput", "other_share", "sum", "shares", "retrans_percent"),
        rate=50, rtt=30, seconds=42, flows=(flow("cubic", stop=40), flow(start=2))),
    "S3": scenario(
        "one flow, random loss",
        {"0.1": {"loss": 0.1, "load": 0.6}, "1": {"loss": 1, "load": 0.35}},
        default=("1",),
        rate=50, rtt=100, seconds=15, buffer=1000),
    "bursts": scenario(
        "one flow, loss in bursts: 1 % of the packets, five in a row",
        {"1-5": {"burst": (1, 5)}},
        rate=20, rtt=40, buffer=packets(20, 40), seconds=20, load=0.8),
    "S4": scenario(
        "one flow, reordering",
        {"clean": {}, "0.1-15": {"reorder": (0.1, 15)}, "1-15": {"reorder": (1, 15)},
         "1-25": {"reorder": (1, 25)}},
        rate=50, rtt=40, seconds=20, buffer=165),
    "S5": scenario(
        "start-up with and without jitter on the ACK path, 2 BDP of buffer",
        {"jitter": {"jitter": (10, 50)},
         "ordered": {"jitter": (10, 50, "in order")},
         "ordered20": {"jitter": (20, 0, "in order")},
         "clean": {}},
        default=("jitter",),
        columns=("goodput", "retrans", "srtt_p50"),
        rate=50, rtt=80, seconds=8, load=0.8, buffer=2 * packets(50, 80)),
    "S6": scenario(
        "a sender that has data for 2 s, none for 2 s, and so on",
        {"165": {}},
        rate=50, rtt=40, buffer=165, seconds=20, load=0.5, flows=(flow(on=2, off=2),)),
    "S7": scenario(
        "ECN, CoDel with its usual 5 ms",
        {"codel": {}},
        columns=("goodput", "ce_percent", "delivered_ce_percent", "srtt_p95"),
        rate=20, rtt=40, seconds=20, ecn=True, aqm="codel limit 1000 target 5ms ecn"),
    "S7b": scenario(
        "ECN, marks above 2 ms of queue (codel ce_threshold)",
        {"ce2ms": {}},
        columns=("goodput", "ce_percent", "delivered_ce_percent", "srtt_p95"),
        rate=20, rtt=40, seconds=20, ecn=True,
        aqm="codel limit 1000 target 100ms ce_threshold 2ms ecn"),
    "S8": scenario(
        "a bloated buffer of 1000 packets",
        {"1000": {}},
        default=("1000",),
        rate=10, rtt=40, buffer=1000, seconds=20),
    "S9": scenario(
        "beside in-tree reno on a short path",
        {"17": {}},
        only=("cubic_rfc9438", "bbr3", "aimd", "cubic", "bbr"),
        columns=("goodput", "other_goodput", "other_share", "retrans_percent"),
        rate=50, rtt=4, buffer=17, seconds=20, flows=("reno", "@")),
    "S10": scenario(
        "3 packets of buffer for 1 s, then 2 BDP",
        {"3": {}},
        rate=100, rtt=20, buffer=3, seconds=8, load=0.6,
        changes=((1000, {"buffer": 2 * packets(100, 20)}),)),
    "S11": scenario(
        "four flows of a kind in 8 packets of buffer",
        {"8": {}},
        columns=("goodput", "retrans_percent", "jain"),
        rate=50, rtt=40, buffer=8, seconds=20, flows=("@",) * 4),
    "S12": scenario(
        "one flow, steady: are there holes in 200 ms intervals?",
        {"165": {}},
        columns=("goodput", "worst_percent", "srtt_p50", "srtt_p95"),
        rate=50, rtt=40, buffer=165, seconds=25),
    "loss": scenario(
        "the BBR paper's loss sweep: 100 Mbit/s, 100 ms",
        {str(p): {"loss": p, "load": 0.6 if p < 0.1 else 0.4}
         for p in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 2, 3, 5, 10, 15, 20, 30)},
        rate=100, rtt=100, seconds=30, sample_ms=200, buffer=packets(100, 100)),
    "windows": scenario(
        "RFC 9438, tables 1 and 2: mean window when each Nth packet is lost",
        {"100ms-1e-2": {"rtt": 100, "drop_every": 100, "seconds": 60, "rate_hint": 1.5},
         "100ms-1e-3": {"rtt": 100, "drop_every": 1000, "seconds": 60, "rate_hint": 5},
         "100ms-1e-4": {"rtt": 100, "drop_every": 10000, "seconds": 90, "rate_hint": 22},
         "10ms-1e-2": {"rtt": 10, "drop_every": 100, "seconds": 20, "rate_hint": 15},
         "10ms-1e-3": {"rtt": 10, "drop_every": 1000, "seconds": 20, "rate_hint": 45},
         "10ms-1e-4": {"rtt": 10, "drop_every": 10000, "seconds": 20, "rate_hint": 140}},
        only=("cubic_rfc9438", "aimd", "cubic", "reno"),
        columns=("cwnd_mean", "goodput")),
    "rtt": scenario(
        "fairness of flows with RTTs of 20, 40 and 80 ms; of 20 and 80",
        {"20-40-80": {},
         "20-80": {"rtt": [20, 80], "seconds": 30,
                   "flows": tuple(flow(rtt_class=i) for i in range(2))}},
        columns=("goodput", "jain", "shares"),
        rate=50, rtt=[20, 40, 80], buffer=165, seconds=60,
        flows=tuple(flow(rtt_class=i) for i in range(3))),
    "many": scenario(
        "N flows of a kind",
        {str(n): {"flows": tuple(flow(start=0.1 * i) for i in range(n))}
         for n in (2, 8, 32)},
        columns=("goodput", "jain", "retrans_percent", "srtt_p50"),
        rate=50, rtt=40, buffer=165, seconds=30),
    "late": scenario(
        "a flow comes later than others of its kind: 10 s in 165, else as the point says",
        {"165": {}, **late_points()},
        columns=("goodput", "to_fair_share", "jain", "jain_settled", "retrans_percent", "srtt_p50"),
        rate=50, rtt=40, buffer=165, seconds=40, flows=("@", flow(start=10))),
    "deep": scenario(
        "beside one flow of in-tree cubic, which came 2 s earlier; buffers of 4 and 16 BDP",
        {str(n): {"buffer": n * packets(10, 40)} for n in (4, 16)},
        only=("cubic_rfc9438", "bbr3", "aimd", "bbr", "reno"),
        columns=("goodput", "other_goodput", "other_share", "jain", "retrans_percent"),
        rate=10, rtt=40, seconds=62, flows=(flow("cubic", stop=60), flow(start=2))),
    "fq_codel": scenario(
        "fq_codel with ECN: one flow, four flows",
        {str(n): {"flows": ("@",) * n} for n in (1, 4)},
        columns=("goodput", "ce_percent", "retrans_percent", "srtt_p95", "jain"),
        rate=20, rtt=40, seconds=20, ecn=True, aqm="fq_codel ecn"),
    "ceiling": scenario(
        "bbr3_loss_percent: 5 % of random loss, and what it costs in buffers of 17 and 8 packets",
        {"loss5-2": {"loss": 5, "load": 0.3},
         "loss5-10": {"loss": 5, "load": 0.8, "bbr3_loss_percent": 10},
         "17-2": {"buffer": 17},
         "17-5": {"buffer": 17, "bbr3_loss_percent": 5},
         "17-10": {"buffer": 17, "bbr3_loss_percent": 10},
         "4x8-2": {"buffer": 8, "flows": ("@",) * 4},
         "4x8-10": {"buffer": 8, "flows": ("@",) * 4, "bbr3_loss_percent": 10}},
        only=("bbr3", "bbr"),
        columns=("goodput", "retrans_percent", "srtt_p50", "jain"),
        rate=50, rtt=40, buffer=165, seconds=20),
    "short": scenario(
        "completion time of short transfers, alone and beside a long flow of the same kind",
        {"10k": {"flows": short_flows(10_000, 0.5, 20), "load": 0.05},
         "100k": {"flows": short_flows(100_000, 1.0, 12), "load": 0.05},
         "1M": {"flows": short_flows(1_000_000, 2.0, 8), "seconds": 20, "load": 0.2},
         "10k-busy": {"flows": ["@"] + short_flows(10_000, 0.5, 20, 5.0), "seconds": 16},
         "100k-busy": {"flows": ["@"] + short_flows(100_000, 1.0, 12, 5.0), "seconds": 18},
         "20k-busy": {"flows": ["@"] + short_flows(20_000, 0.5, 20, 5.0), "seconds": 16,
                      "rate": 20},
         "1M-busy": {"flows": ["@"] + short_flows(1_000_000, 2.5, 8, 5.0), "seconds": 28}},
        columns=("completion_p50", "completion_p95", "unfinished"),
        rate=50, rtt=40, buffer=165, seconds=13),
    "steps": scenario(
        "the path changes every 30 s, which is longer than any filter: the rate falls to a tenth, "
        "grows tenfold, or dips; the RTT grows from 20 to 120 ms and falls back",
        {"down": {"seconds": 60, "changes": ((30_000, {"rate": 5}),)},
         "up": {"rate": 5, "seconds": 60, "changes": ((30_000, {"rate": 50}),), "load": 5.5},
         "dip": {"changes": ((30_000, {"rate": 5}), (60_000, {"rate": 50}))},
         "rtt-falls": {"rate": 20, "rtt": 20, "load": 1.0,
                       "changes": ((30_000, {"rtt": 120}), (60_000, {"rtt": 20}))}},
        columns=GOODPUT + ("goodput_changed", "srtt_p95_changed"),
        rate=50, rtt=40, buffer=165, seconds=90, load=0.6),
    "cost": scenario(
        "instructions of the algorithm for each ACK",
        {"steady": {}, "loss": {"loss": 0.1}},
        default=("steady",),
        columns=("instructions_per_ack", "goodput"),
        rate=50, rtt=40, buffer=165, seconds=4, meter=True),
    "fq": scenario(
        "S1 with sch_fq at the sender: pacing by the qdisc instead of TCP's own timer",
        {"17": {"buffer": 17}, "165": {"buffer": 165}},
        rate=50, rtt=40, seconds=20, fq=True),
    "ipv6": scenario(
        "S1 over IPv6",
        {"17": {}},
        rate=50, rtt=40, buffer=17, seconds=20, load=0.85, ipv6=True),
    "startup": scenario(
        "start-up, and changes of the path: how far does slow start overshoot?",
        {"20M": {"rate": 20, "rtt": 60, "buffer": packets(20, 60)},
         "200M": {"rate": 200, "rtt": 10, "buffer": packets(200, 10) // 2, "seconds": 5},
         "slots": {"slot": 8},
         "rtt-jump": {"rate": 20, "rtt": 20, "seconds": 90,
                      "changes": ((30_000, {"rtt": 120}), (60_000, {"rtt": 20}))},
         "rate-dip": {"rate": 100, "buffer": packets(100, 40), "seconds": 30, "load": 0.7,
                      "changes": ((10_000, {"rate": 10}), (20_000, {"rate": 100}))},
         "fq": {"fq": True},
         "app": {"flows": (flow(trickle=3),)}},
        only=("cubic_rfc9438", "aimd", "cubic", "reno"),
        columns=("goodput", "retrans", "retrans_percent", "srtt_p50", "srtt_p95"),
        rate=50, rtt=40, buffer=165, seconds=10),
    "gigabit": scenario(
        "1 Gbit/s, 40 ms, one BDP of buffer",
        {"1": {}},
        rate=1000, rtt=40, buffer=packets(1000, 40), seconds=15, gso=True, load=0.3),
}


def vary(parameters, number):
    """Virtual time repeats a run without chance to the microsecond. So all but
    the first differ a little: up to 1 % in RTT, and flows begin up to 100 ms
    later. Otherwise a figure may be the accident of a phase."""
    golden = 0.6180339887
    parameters["seed"] = number

    def fraction(i):
        return number > 1 and (number * golden + i * golden * golden) % 1

    scale = 1 + 0.02 * (fraction(0) - 0.5) if number > 1 else 1
    rtt = parameters["rtt"]
    parameters["rtt"] = ([round(r * scale, 3) for r in rtt] if isinstance(rtt, list)
                         else round(rtt * scale, 3))
    for i, each in enumerate(parameters["flows"]):
        each["start"] = round(each["start"] + 0.1 * fraction(i) * (len(parameters["flows"]) > 1), 3)
    return parameters


def parameters_of(scenario_id, point, number=1):
    entry = SCENARIOS[scenario_id]
    merged = {**DEFAULTS, **entry["parameters"], **entry["points"][point]}
    merged["flows"] = [flow(f) if isinstance(f, str) else dict(f) for f in merged["flows"]]
    return vary(merged, number)


def algorithms_of(scenario_id):
    return SCENARIOS[scenario_id]["only"] or OURS + IN_TREE
