# SPDX-License-Identifier: GPL-2.0
"""The results page: claims, figures and tables, from the JSON alone."""
import functools
import math

import store
from arithmetic import confidence, interval, median
from claims import aligned, table
from compare import COMPARED, PAIRS, TOLERANCE, compare
from figures import FIGURES, GREATEST_RATIO, LEAST_RATIO, draw, draw_ratios
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
    "goodput_changed": ("goodput after the last change", 2),
    "srtt_p95_changed": ("srtt p95 after it, ms", 1),
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

Made from the runs' JSON by `make lab-report`; the runs by the commands below ([lab.md](lab.md) says how it
measures). Everything is in virtual time. A figure is the median of its runs. The interval in brackets holds the true
median with a probability that depends only on how many runs there were, with
{levels}. One run has no interval: `-`.

An [older version](results-older.md) was measured more often, and on 6.1, too.
"""


SIDE_BY_SIDE = """Ours over in-tree on {kver}: ratios of medians, a row for every point at which both were measured.
Of goodput and fairness (Jain's index) more is better, of the others less. **Bold** is worse by more than {worse};
`inf`: the in-tree algorithm had none. Beside flows of another kind goodput is that of all flows. Where the path changes,
a second row has what came after the last change. The figures show
what is worse as red squares, and a ratio beyond {least} or {greatest} at the edge.
"""


def levels_text():
    few = ", ".join(f"{n}: {100 * confidence(n, 1):.0f} %" for n in range(2, 6))
    return f"{few}, and more: at least 90 %"


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
    middle = figure_text(median(got), digits)
    ends = interval(got)
    if not ends:
        return f"{middle} (-)"
    low, high = (figure_text(v, digits) for v in ends)
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


def command_of(kver, scenario_id):
    """The make that measures what was measured."""
    found = measured(kver, scenario_id)
    points, algorithms = ({key[i] for key in found} for i in (0, 1))
    only = scenario_id
    if points != set(SCENARIOS[scenario_id]["points"]):
        only = '"' + " ".join(f"{scenario_id}:{p}" for p in SCENARIOS[scenario_id]["points"]
                              if p in points) + '"'
    words = [f"make lab ONLY={only}"]
    if algorithms != set(algorithms_of(scenario_id)):
        words.append('ALGOS="' + " ".join(a for a in algorithms_of(scenario_id)
                                          if a in algorithms) + '"')
    return " ".join(words + [f"RUNS={max(map(len, found.values()))}", f"KVER={kver}"])


def scenario_text(kver, scenario_id):
    rows = scenario_rows(kver, scenario_id)
    if len(rows) == 1:
        return ""
    return f"{kver}: `{command_of(kver, scenario_id)}`\n\n{markdown(rows)}\n"


def ratio_text(value, worse):
    if value is None:
        return "-"
    text = "inf" if math.isinf(value) else f"{value:.2f}"
    return f"**{text}**" if worse else text


def ratio_rows(rows):
    table_rows = [["point", "runs"] + [heading for heading, _, _ in COMPARED]]
    for row in rows:
        table_rows.append([row["label"], " / ".join(map(str, row["runs"]))] +
                          [ratio_text(*both) for both in zip(row["ratios"], row["loses"])])
    return table_rows


def missing_text(missing):
    """Scenarios, with the points where it is not all of them."""
    words = []
    for scenario_id in dict.fromkeys(s for s, _ in missing):
        points = [p for s, p in missing if s == scenario_id]
        some = len(points) < len(SCENARIOS[scenario_id]["points"])
        words.append(scenario_id + f" ({', '.join(points)})" * some)
    return "; ".join(words)


def ratios_text(kver, folder):
    """Ours over in-tree, a table and a figure for each pair."""
    text = [SIDE_BY_SIDE.format(kver=kver, worse=f"{100 * TOLERANCE:.0f} %",
                                least=f"{LEAST_RATIO:g}", greatest=f"{GREATEST_RATIO:g}")]
    for pair in PAIRS:
        rows, missing = compare(pair, functools.partial(values, kver))
        title = " over ".join(pair)
        text.append(f"### {title}\n")
        if rows:
            name = f"ratios_{pair[0]}"
            draw_ratios(name, folder / "figures", f"{title}, {kver}", rows)
            cells = [worse for row in rows for r, worse in zip(row["ratios"], row["loses"])
                     if r is not None]
            text.append(f"![{title}](figures/{name}.svg)\n\n{title}: worse in {sum(cells)} of "
                        f"{len(cells)} cells ([PNG](figures/{name}.png)).\n\n"
                        f"{markdown(ratio_rows(rows))}\n")
        if missing:
            text.append(f"Not measured: {missing_text(missing)}.\n")
    return text


def write(folder):
    """results.md and its figures into a folder."""
    kernels = kernels_measured()
    text = [HEAD.format(levels=levels_text()), "## Claims\n",
            f"`make lab-claims KVER=\"{' '.join(kernels)}\"`, on "
            f"{' and '.join(store.kernel_release(k) for k in kernels)}:\n"]
    text.append(markdown(claims_rows(kernels)))
    newest = kernels[-1] if kernels else None
    if newest:
        text.append("\n## Side by side\n")
        text += ratios_text(newest, folder)
    text.append("## Figures\n")
    for name, (_, title, scenario_id) in FIGURES.items():
        if newest and draw(name, folder / "figures",
                           functools.partial(runs_of, newest)):
            text.append(f"![{title}](figures/{name}.svg)\n\n{title}. "
                        f"`{command_of(newest, scenario_id)}` "
                        f"([PNG](figures/{name}.png))\n")
    text.append("## Tables\n")
    for scenario_id, entry in SCENARIOS.items():
        tables = [t for t in (scenario_text(k, scenario_id) for k in kernels) if t]
        if tables:
            text.append(f"### {scenario_id}: {entry['title']}\n")
            text += tables
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text("\n".join(text))
    return folder / "results.md"
