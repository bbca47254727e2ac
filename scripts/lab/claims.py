# SPDX-License-Identifier: GPL-2.0
"""The claims: one table, and the judgement of what was measured."""
from arithmetic import cubic_window, interval, median, ratio

# A claim rests on no fewer runs.
ENOUGH_RUNS = 5


def claim(name, text, where, measure, least=None, most=None, ours="bbr3", theirs="bbr",
          over=None):
    """where: (scenario, point). The median of the measure is to be at least, or
    at most, a limit; over: as a multiple of that algorithm's median. theirs is
    printed beside it."""
    return {"name": name, "text": text, "where": where, "measure": measure, "least": least,
            "most": most, "ours": ours, "theirs": theirs, "over": over}


def window_claim(point, rtt, p):
    want = cubic_window(p, rtt)
    return claim("K6", f"mean window, one loss in {round(1 / p)}, {round(rtt * 1000)} ms",
                 ("windows", point), "cwnd_mean", least=0.85 * want, most=1.15 * want,
                 ours="cubic_rfc9438", theirs="cubic")


def late_claims(point):
    return [claim("K9", f"a late flow, {point}: Jain, 10 s after it came", ("late", point),
                  "jain_settled", least=0.95),
            claim("K9", f"a late flow, {point}: retransmits, %", ("late", point),
                  "retrans_percent", most=0.5)]


def startup_claims(scenario_id, point, path):
    """Slow start ends in time: what in-tree cubic's costs is the measure."""
    limits = (("retransmits", "retrans", None, 1.2), ("goodput", "goodput", 0.99, None),
              ("srtt p95", "srtt_p95", None, 1.1))
    return [claim("K10", f"{path}: {what}, x cubic", (scenario_id, point), measure, least=least,
                  most=most, ours="cubic_rfc9438", theirs="cubic", over="cubic")
            for what, measure, least, most in limits]


def ceiling_claims():
    """bbr3_loss_percent at 10: what it gives, and that the limits of K1 hold with
    it where buffers are shallow."""
    at_10 = "bbr3_loss_percent 10"
    return [claim("K13", f"5 % loss, {at_10}: goodput, Mbit/s", ("ceiling", "loss5-10"), "goodput",
                  least=20),
            claim("K13", f"17 packets of buffer, {at_10}: retransmits, %", ("ceiling", "17-10"),
                  "retrans_percent", most=1.0),
            claim("K13", f"17 packets of buffer, {at_10}: goodput, Mbit/s", ("ceiling", "17-10"),
                  "goodput", least=43),
            claim("K13", f"four flows, 8 packets of buffer, {at_10}: retransmits, %",
                  ("ceiling", "4x8-10"), "retrans_percent", most=3.0),
            claim("K13", f"four flows, 8 packets of buffer, {at_10}: Jain", ("ceiling", "4x8-10"),
                  "jain", least=0.85)]


CLAIMS = [
    claim("K1", "17 packets of buffer: retransmits, %", ("S1", "17"), "retrans_percent", most=1.0),
    claim("K1", "17 packets of buffer: goodput, Mbit/s", ("S1", "17"), "goodput", least=43),
    claim("K1", "four flows, 8 packets of buffer: retransmits, %", ("S11", "8"),
          "retrans_percent", most=3.0),
    claim("K1", "four flows, 8 packets of buffer: Jain", ("S11", "8"), "jain", least=0.85),
    claim("K2", "share of cubic beside it, 1 BDP, %", ("S2", "124"), "other_share", least=28),
    claim("K2", "share of cubic beside it, 0.1 BDP, %", ("S2", "12"), "other_share", least=10),
    claim("K2", "sum of both, 1 BDP, Mbit/s", ("S2", "124"), "sum", least=44),
    claim("K2", "sum of both, 0.1 BDP, Mbit/s", ("S2", "12"), "sum", least=44),
    claim("K3", "goodput at 0.1 % loss, Mbit/s", ("S3", "0.1"), "goodput", least=40),
    claim("K3", "goodput at 1 % loss, Mbit/s", ("S3", "1"), "goodput", least=36),
    claim("K3", "bloated buffer: srtt p50, ms", ("S8", "1000"), "srtt_p50", most=50),
    claim("K3", "bloated buffer: srtt p95, ms", ("S8", "1000"), "srtt_p95", most=60),
    claim("K3", "bloated buffer: goodput, x cubic", ("S8", "1000"), "goodput", least=0.98,
          over="cubic"),
    claim("K4", "of what was delivered, acknowledged with ECE, %", ("S7b", "ce2ms"),
          "delivered_ce_percent", most=10),
    claim("K4", "with marks: goodput, Mbit/s", ("S7b", "ce2ms"), "goodput", least=16.5),
    claim("K4", "with marks: srtt p95, ms", ("S7b", "ce2ms"), "srtt_p95", most=46),
    claim("K4", "with marks: goodput, x cubic", ("S7b", "ce2ms"), "goodput", least=1.12,
          ours="cubic_rfc9438", theirs="cubic", over="cubic"),
    claim("K5", "start-up with 10 ms of jitter: goodput, Mbit/s", ("S5", "jitter"), "goodput",
          least=43.5, ours="cubic_rfc9438", theirs="cubic"),
    claim("K5", "start-up with 10 ms of jitter: retransmitted packets", ("S5", "jitter"), "retrans",
          most=270, ours="cubic_rfc9438", theirs="cubic"),
    claim("K5", "start-up without jitter: goodput, x cubic", ("S5", "clean"), "goodput",
          least=0.995, ours="cubic_rfc9438", theirs="cubic", over="cubic"),
    claim("K6", "a buffer that grows: goodput, x reno", ("S10", "3"), "goodput", least=0.95,
          ours="cubic_rfc9438", theirs="cubic", over="reno"),
    window_claim("100ms-1e-2", 0.1, 1e-2),
    window_claim("100ms-1e-3", 0.1, 1e-3),
    window_claim("100ms-1e-4", 0.1, 1e-4),
    window_claim("10ms-1e-2", 0.01, 1e-2),
    window_claim("10ms-1e-3", 0.01, 1e-3),
    window_claim("10ms-1e-4", 0.01, 1e-4),
    claim("K7", "worst 200 ms after start-up, % of the rate", ("S12", "165"),
          "worst_percent", least=40),
    claim("K8", "0.1 % reordering by 15 ms: goodput, Mbit/s (a stretch)", ("S4", "0.1-15"),
          "goodput", least=44, ours="cubic_rfc9438", theirs="cubic"),
    *late_claims("50M-1bdp-5s-2flows"),
    *late_claims("50M-1bdp-30s-4flows"),
    *late_claims("10M-2bdp-5s-2flows"),
    *late_claims("10M-1bdp-5s-4flows"),
    *late_claims("200M-1bdp-5s-2flows"),
    *startup_claims("startup", "20M", "20 Mbit/s, 60 ms, 1 BDP"),
    *startup_claims("startup", "200M", "200 Mbit/s, 10 ms, 0.5 BDP"),
    *startup_claims("startup", "slots", "ACK slots"),
    *startup_claims("startup", "rtt-jump", "RTT 20>120>20 ms"),
    *startup_claims("startup", "rate-dip", "100>10>100 Mbit/s"),
    *startup_claims("startup", "fq", "sch_fq"),
    *startup_claims("startup", "app", "application-limited, then bulk"),
    *startup_claims("fq_codel", "1", "fq_codel with ECN"),
    claim("K10", "20 kB beside a bulk flow: completion p50, x cubic", ("short", "20k-busy"),
          "completion_p50", most=1.0, ours="cubic_rfc9438", theirs="cubic", over="cubic"),
    claim("K11", "beside cubic, 16 BDP: Jain", ("deep", "16"), "jain", least=0.93),
    claim("K12", "fq_codel with ECN, four flows: goodput, x bbr", ("fq_codel", "4"), "goodput",
          least=0.98, over="bbr"),
    claim("K12", "fq_codel with ECN, four flows: marked, %", ("fq_codel", "4"), "ce_percent",
          most=5),
    *ceiling_claims(),
]


def judge(c, values_of):
    """A row of the table. values_of(scenario, point, algorithm, measure) gives
    the measure of each run."""
    def values(algorithm):
        got = values_of(*c["where"], algorithm, c["measure"])
        if not c["over"]:
            return got
        base = values_of(*c["where"], c["over"], c["measure"])
        return [ratio(v, median(base)) for v in got] if base else []

    own = values(c["ours"])
    row = {"claim": c, "ours": median(own), "interval": interval(own), "runs": len(own),
           "theirs": median(values(c["theirs"]))}
    if not own:
        row["verdict"] = "not measured"
        return row
    good = ((c["least"] is None or row["ours"] >= c["least"]) and
            (c["most"] is None or row["ours"] <= c["most"]))
    row["verdict"] = "pass" if good else "FAIL"
    if len(own) < ENOUGH_RUNS:
        row["verdict"] += f" ({len(own)} of {ENOUGH_RUNS} runs)"
    return row


def limit_text(c):
    if c["least"] is not None and c["most"] is not None:
        return f"{c['least']:.3g} to {c['most']:.3g}"
    return f">= {c['least']:g}" if c["most"] is None else f"<= {c['most']:g}"


def number(value):
    return "-" if value is None else f"{value:.2f}"


def kernel_cells(c, values_of):
    row = judge(c, values_of)
    ends = row["interval"]
    return (number(row["ours"]), f"{ends[0]:.2f} to {ends[1]:.2f}" if ends else "-",
            number(row["theirs"]), row["verdict"])


def table(kernels, claims=CLAIMS):
    """Rows of text, four columns for each of the kernels: {name: values_of}."""
    head = ["", "what", "limit", "algorithm", "in-tree"]
    for name in kernels:
        head += [name + ": median", "interval", "in-tree", "verdict"]
    rows = [head]
    for c in claims:
        row = [c["name"], c["text"], limit_text(c), c["ours"], c["theirs"]]
        for values_of in kernels.values():
            row += kernel_cells(c, values_of)
        rows.append(row)
    return rows


def aligned(rows, right=()):
    """Lines of a table; the columns named in right are flush right."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.rjust(w) if i in right else cell.ljust(w)
                      for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in rows]
