# SPDX-License-Identifier: GPL-2.0
"""Ours beside the in-tree algorithm it is to replace: for every point that both
were measured at, the ratios of their medians."""
from arithmetic import median, ratio
from scenarios import SCENARIOS, algorithms_of

PAIRS = (("bbr3", "bbr"), ("cubic_rfc9438", "cubic"))

# Heading, measures of which the first that was measured counts, and whether more is
# better. Beside flows of another kind the sum of all counts: what a flow takes from
# others is no merit, and how it shares with them is fairness.
COMPARED = (
    ("goodput", ("sum", "goodput"), True),
    ("retransmits", ("retrans_percent",), False),
    ("RTT p95", ("srtt_p95",), False),
    ("fairness", ("jain_settled", "jain"), True),
    ("completion", ("completion_p50",), False),
)
# Where the path changes, another row has what came after the last change.
AFTER = {"goodput": ("goodput_changed",), "RTT p95": ("srtt_p95_changed",)}
# So much worse is chance.
TOLERANCE = 0.01


def loses(value, more_is_better):
    if value is None:
        return False
    return value < 1 - TOLERANCE if more_is_better else value > 1 + TOLERANCE


def ratio_of(pair, where, measures, values_of):
    for measure in measures:
        ours, theirs = (values_of(*where, algorithm, measure) for algorithm in pair)
        if ours and theirs:
            return ratio(median(ours), median(theirs))
    return None


def row_of(label, runs, ratios):
    return {"label": label, "runs": runs, "ratios": ratios,
            "loses": [loses(r, more) for r, (_, _, more) in zip(ratios, COMPARED)]}


def changes(entry, point):
    return bool(entry["points"][point].get("changes") or entry["parameters"].get("changes"))


def compare(pair, values_of):
    """Rows, and the points that lack runs of one or the other. values_of is that
    of claims.judge()."""
    rows, missing = [], []
    for scenario_id, entry in SCENARIOS.items():
        if not set(pair) <= set(algorithms_of(scenario_id)):
            continue
        for point in entry["points"]:
            where = (scenario_id, point)
            runs = tuple(len(values_of(*where, a, "goodput")) for a in pair)
            if not all(runs):
                missing.append(where)
                continue
            label = ":".join(where)
            rows.append(row_of(label, runs, [
                ratio_of(pair, where, measures, values_of) for _, measures, _ in COMPARED]))
            if changes(entry, point):
                rows.append(row_of(f"{label}, after it changed", runs, [
                    ratio_of(pair, where, AFTER.get(heading, ()), values_of)
                    for heading, _, _ in COMPARED]))
    return rows, missing
