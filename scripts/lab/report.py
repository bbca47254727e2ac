# SPDX-License-Identifier: GPL-2.0
"""The results page: claims, figures and tables, from the JSON alone."""
import functools
import math

import store
from arithmetic import median
from claims import aligned, table
from figures import FIGURES, draw
from results import measures
from scenarios import SCENARIOS, algorithms_of

# How a measure is called in a table, and with how many digits.
MEASURES = {
    "goodput": ("goodput, Mbit/s", 2),
    "other_goodput": ("the other's goodput", 2),
    "other_share": ("the other's share, %", 1),
    "sum": ("sum, Mbit/s", 2),
    "retrans": ("retransmits", 0),
    "retrans_percent": ("retransmits, %", 2),
    "srtt_p50": ("srtt p50, ms", 1),
    "srtt_p95": ("srtt p95, ms", 1),
    "ce_percent": ("marked CE, %", 1),
    "delivered_ce_percent": ("acknowledged with ECE, %", 1),
    "jain": ("Jain", 3),
    "jain_settled": ("Jain, 10 s after the last came", 3),
    "shares": ("shares, Mbit/s", 1),
    "worst_percent": ("worst 200 ms, % of rate", 1),
    "cwnd_mean": ("mean window, packets", 1),
    "to_fair_share": ("s to fair share", 1),
    "completion_p50": ("completion p50, ms", 0),
    "completion_p95": ("completion p95, ms", 0),
    "unfinished": ("unfinished", 0),
    "instructions_per_ack": ("instructions an ACK", 0),
}

HEAD = """# Results of the lab

Made from the runs' JSON by `make lab-report`; the runs by
`make lab LAB=claims KVER="6.1 6.12"` and the commands below
([lab.md](lab.md) says how it measures). Everything is in virtual time. A figure is the median of its runs, with the
least and the greatest in brackets.
"""


@functools.cache
def runs_of(kver, scenario_id):
    return store.current(kver, scenario_id)


@functools.cache
def measured(kver, scenario_id):
    """{(point, algorithm): [measures of a run]}"""
    out = {}
    for run in runs_of(kver, scenario_id):
        out.setdefault((run["point"], run["algorithm"]), []).append(measures(run))
    return out


def values(kver, scenario_id, point, algorithm, measure):
    found = measured(kver, scenario_id).get((point, algorithm), [])
    return [m[measure] for m in found if m.get(measure) is not None]


def kernels_measured():
    return [k for k in store.KERNELS if any((store.RESULTS / k).glob("*.json"))]


def claims_rows(kernels):
    return table({k: functools.partial(values, k) for k in kernels})


def claims_text(kernels):
    return "\n".join(aligned(claims_rows(kernels)))


def figure_text(value, digits):
    if isinstance(value, list):
        return " / ".join(f"{v:.{digits}f}" for v in value)
    return "never" if math.isinf(value) else f"{value:.{digits}f}"


def cell(found, name):
    digits = MEASURES[name][1]
    got = [m[name] for m in found if m.get(name) is not None]
    if not got:
        return "-"
    if isinstance(got[0], list):
        return figure_text([median(column) for column in zip(*got)], digits)
    middle, low, high = (figure_text(v, digits) for v in (median(got), min(got), max(got)))
    return middle if low == high else f"{middle} ({low} to {high})"


def scenario_rows(kver, scenario_id, points=None, algorithms=None):
    """Header and rows of text; only the header if nothing was measured."""
    entry = SCENARIOS[scenario_id]
    rows = [["point", "algorithm", "runs"] + [MEASURES[c][0] for c in entry["columns"]]]
    for point in points or entry["points"]:
        for algorithm in algorithms_of(scenario_id):
            found = measured(kver, scenario_id).get((point, algorithm))
            if found and (not algorithms or algorithm in algorithms):
                rows.append([point, algorithm, str(len(found))] +
                            [cell(found, c) for c in entry["columns"]])
    return rows


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def scenario_text(kver, scenario_id):
    rows = scenario_rows(kver, scenario_id)
    return f"{kver}:\n\n{markdown(rows)}\n" if len(rows) > 1 else ""


def write(folder):
    """results.md and its figures into a folder."""
    kernels = kernels_measured()
    text = [HEAD, "## Claims\n", f"`make lab-claims KVER=\"{' '.join(kernels)}\"`, on "
            f"{' and '.join(store.kernel_release(k) for k in kernels)}:\n"]
    text.append(markdown(claims_rows(kernels)))
    text.append("\n## Figures\n")
    newest = kernels[-1] if kernels else None
    for name, (_, title, scenario_id) in FIGURES.items():
        if newest and draw(name, folder / "figures",
                           functools.partial(runs_of, newest)):
            text.append(f"![{title}](figures/{name}.svg)\n\n{title}. "
                        f"`make lab ONLY={scenario_id} KVER={newest}` "
                        f"([PNG](figures/{name}.png))\n")
    text.append("## Tables\n")
    for scenario_id, entry in SCENARIOS.items():
        tables = [t for t in (scenario_text(k, scenario_id) for k in kernels) if t]
        if tables:
            text.append(f"### {scenario_id}: {entry['title']}\n\n`make lab ONLY={scenario_id}`\n")
            text += tables
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text("\n".join(text))
    return folder / "results.md"
