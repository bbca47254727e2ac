# SPDX-License-Identifier: GPL-2.0
"""What labflows printed becomes a run (a dict that goes into the JSON), and a
run becomes measures. Measures are computed whenever they are needed, so the
JSON holds nothing but what was observed."""
from arithmetic import jain, mbits, mean_over_time, percentile
from jobs import BIN_MS

# The fields of a sample, as flow_sample() in flows/flow.c prints them.
SAMPLE = ("time_us", "cwnd", "ssthresh", "srtt_us", "min_rtt_us", "pacing_bytes_s",
          "delivered", "delivered_ce", "data_segs_out", "retrans", "segs_in",
          "bytes_acked", "lost", "reord_seen", "dsack_dups", "rwnd_limited_us",
          "sndbuf_limited_us", "ca_state")

# A receiver's shares count once flows had time to meet.
SETTLE_US = 2_000_000
# After that a flow that came later ought to have its share.
JOIN_US = 10_000_000
# A hole of this length is one that a person or a video notices.
INTERVAL_US = 200_000


def new_flow():
    return {"samples": [], "final": None, "bins": []}


def parse(text):
    """labflows' output, with the qdiscs' counters behind it."""
    run = {"flows": {}, "counters": {"snd": {}, "rcv": {}}, "qdiscs": {}, "changes": [],
           "meter": {}}
    complete = False
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("s", "e"):
            fields = [int(x) for x in rest.split()]
            flow = run["flows"].setdefault(fields[0], new_flow())
            flow["samples"].append(fields[1:])
            if word == "e":
                flow["final"] = fields[1:]
        elif word == "f":
            index, cc, begun, finished, received = rest.split()
            run["flows"].setdefault(int(index), new_flow()).update(
                cc=cc, begun_us=int(begun), finished_us=int(finished) or None,
                received=int(received))
        elif word == "b":
            fields = [int(x) for x in rest.split()]
            run["flows"][fields[0]]["bins"] = fields[1:]
        elif word == "n":
            where, name, value = rest.split()
            run["counters"][where][name] = int(value)
        elif word == "q":
            where, _, shown = rest.partition(" ")
            run["qdiscs"].setdefault(where, []).append(shown)
        elif word == "at":
            run["changes"].append(rest)
        elif word == "m":
            operation, calls, instructions = rest.split()
            run["meter"][operation] = [int(calls), int(instructions)]
        elif word == "c":
            idle, time = rest.split()
            run["cpu_busy_percent"] = round(100 - 100 * int(idle) / int(time), 1)
        elif word == "seeded":
            run["seeded"] = int(rest)
        elif word == "end":
            complete = True
        else:
            raise ValueError(f"not a line of labflows: {line}")
    if not complete:
        raise ValueError("labflows did not end")
    run["flows"] = [run["flows"][i] for i in sorted(run["flows"])]
    return run


def column(flow, name):
    at = SAMPLE.index(name)
    return [s[at] for s in flow["samples"]]


def final(flow, name):
    return flow["final"][SAMPLE.index(name)]


def series(flow, name, scale=1.0):
    """[(seconds, value)]"""
    return [(t / 1e6, v * scale) for t, v in zip(column(flow, "time_us"), column(flow, name))]


def percent(part, whole):
    return 100 * part / whole if whole else 0


def goodput(flows):
    """Mbit/s of all, from the first connect() to the last flow's end."""
    begin = min(f["begun_us"] for f in flows)
    end = max(final(f, "time_us") for f in flows)
    return mbits(sum(f["received"] for f in flows), end - begin)


def shares(flows, bin_us, begin_us, end_us):
    """Goodput of each from begin to end."""
    low, high = int(begin_us // bin_us), int(end_us // bin_us)
    return [mbits(sum(f["bins"][low:high]), (high - low) * bin_us) for f in flows]


def time_to_fair_share(late, others, bin_us):
    """Seconds from its start until a late flow had 80 % of a fair share for 2 s."""
    window = round(2_000_000 / bin_us)
    begin = int(late["begun_us"] // bin_us)
    flows = [late] + others
    for at in range(begin, len(late["bins"]) - window + 1):
        got = [sum(f["bins"][at:at + window]) for f in flows]
        if got[0] >= 0.8 * sum(got) / len(flows):
            return (at - begin) * bin_us / 1e6
    return float("inf")


def ce_on_the_wire(run):
    """Percent of the ECN-capable packets that arrived marked."""
    rcv = run["counters"]["rcv"]
    marked = rcv.get("IpExtInCEPkts", 0)
    return percent(marked, marked + rcv.get("IpExtInECT0Pkts", 0))


def measures_of_flows(flows, parameters):
    """Of flows that count together."""
    srtt = [v for f in flows for v in column(f, "srtt_us") if v]
    sent = sum(final(f, "data_segs_out") for f in flows)
    retransmitted = sum(final(f, "retrans") for f in flows)
    delivered = sum(final(f, "delivered") for f in flows)
    end_us = parameters["seconds"] * 1e6
    out = {
        "goodput": goodput(flows),
        "retrans": retransmitted,
        "retrans_percent": percent(retransmitted, sent),
        "srtt_p50": percentile(srtt, 50) / 1e3 if srtt else None,
        "srtt_p95": percentile(srtt, 95) / 1e3 if srtt else None,
        "delivered_ce_percent": percent(sum(final(f, "delivered_ce") for f in flows), delivered),
        "cwnd_mean": sum(
            mean_over_time(list(zip(column(f, "time_us"), column(f, "cwnd"))),
                           f["begun_us"] + 0.25 * (end_us - f["begun_us"]), end_us) or 0
            for f in flows),
    }
    finished = [(f["finished_us"] - f["begun_us"]) / 1e3 for f in flows if f["finished_us"]]
    if finished:
        out["completion_p50"] = percentile(finished, 50)
        out["completion_p95"] = percentile(finished, 95)
        out["unfinished"] = len(flows) - len(finished)
    return out


def after_last_change(flows, p, bin_us):
    """From the last change of the path on."""
    begin = max(ms for ms, _ in p["changes"]) * 1000
    srtt = [v for f in flows for t, v in zip(column(f, "time_us"), column(f, "srtt_us"))
            if v and t > begin]
    return {"goodput_changed": sum(shares(flows, bin_us, begin, p["seconds"] * 1e6)),
            "srtt_p95_changed": percentile(srtt, 95) / 1e3 if srtt else None}


def worst_interval_percent(flow, parameters, bin_us):
    """The worst 200 ms after start-up, wherever they begin, in percent of the
    rate."""
    if not parameters["rate"]:
        return None
    wide = round(INTERVAL_US / bin_us)
    low = int((flow["begun_us"] + SETTLE_US) // bin_us)
    got = [sum(flow["bins"][i:i + wide]) for i in range(low, len(flow["bins"]) - wide + 1)]
    return percent(mbits(min(got), INTERVAL_US), parameters["rate"]) if got else None


def measures(run, bin_us=BIN_MS * 1000):
    """All figures of a run. Those of the algorithm under test, and in shared
    paths "other_...", those of the flows it competes with."""
    p = run["parameters"]
    flows = run["flows"]
    own = [f for f, want in zip(flows, p["flows"]) if want["cc"] == "@"]
    other = [f for f, want in zip(flows, p["flows"]) if want["cc"] != "@"]
    short = [f for f, want in zip(flows, p["flows"]) if want["size"]]
    out = measures_of_flows(short or own, p)
    out["ce_percent"] = ce_on_the_wire(run)
    if other:
        theirs = measures_of_flows(other, p)
        out.update({"other_" + k: v for k, v in theirs.items()})
        out["other_share"] = percent(theirs["goodput"], theirs["goodput"] + out["goodput"])
        out["sum"] = theirs["goodput"] + out["goodput"]
    long = [f for f, want in zip(flows, p["flows"]) if not want["size"]]
    if len(long) > 1:
        begin = max(f["begun_us"] for f in long) + SETTLE_US
        per_flow = shares(long, bin_us, begin, p["seconds"] * 1e6)
        out["jain"] = jain(per_flow)
        out["shares"] = per_flow
        settled = max(f["begun_us"] for f in long) + JOIN_US
        if settled < p["seconds"] * 1e6:
            out["jain_settled"] = jain(shares(long, bin_us, settled, p["seconds"] * 1e6))
        late = max(long, key=lambda f: f["begun_us"])
        if late["begun_us"] > SETTLE_US:
            out["to_fair_share"] = time_to_fair_share(
                late, [f for f in long if f is not late], bin_us)
    if p["changes"]:
        out.update(after_last_change(own, p, bin_us))
    if run["meter"]:
        spent = sum(instructions for _, instructions in run["meter"].values())
        out["instructions_per_ack"] = spent / final(flows[0], "segs_in")
    if len(flows) == 1:
        out["worst_percent"] = worst_interval_percent(flows[0], p, bin_us)
    return out
