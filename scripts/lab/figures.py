# SPDX-License-Identifier: GPL-2.0
"""Figures of the lab, PNG and SVG, by gnuplot. Each is a function that returns
a gnuplot script, or None where nothing was measured; FIGURES lists them."""
import subprocess

from arithmetic import cubic_window, median, percentile, reno_window
from compare import COMPARED
from results import column, measures, series
from scenarios import IN_TREE, OURS

ALGORITHMS = OURS + IN_TREE
# Line and kind of point. Ours are solid, the kernel's dashed; related algorithms
# have related colours.
STYLES = {
    "cubic_rfc9438": ("lc rgb '#1f5fbf' dt 1", 7),
    "bbr3": ("lc rgb '#c02020' dt 1", 5),
    "aimd": ("lc rgb '#208040' dt 1", 9),
    "cubic": ("lc rgb '#7aa6e8' dt 2", 6),
    "bbr": ("lc rgb '#f09a8a' dt 2", 4),
    "reno": ("lc rgb '#80c890' dt 2", 8),
}


def block(name, points):
    rows = "\n".join(" ".join(f"{v:.6g}" for v in point) for point in points)
    return f"${name} << EOD\n{rows}\nEOD\n"


def curves(lines, extra=(), style="linespoints"):
    """lines: {algorithm: points}; a plot command and its data."""
    data = "".join(block(name, points) for name, points in lines.items())
    parts = []
    for name in lines:
        line, point = STYLES[name]
        points = f" pt {point} ps 0.7" if style == "linespoints" else ""
        parts.append(f"${name} using 1:2 with {style} lw 2 {line}{points} title '{name}'")
    return data, "plot " + ", ".join(parts + list(extra)) + "\n"


def medians(runs, measure, x_of):
    """{algorithm: [(x, median, least, greatest)]}"""
    out = {}
    for algorithm in ALGORITHMS:
        points = {}
        for run in runs:
            if run["algorithm"] == algorithm:
                points.setdefault(x_of(run), []).append(measures(run).get(measure))
        rows = [(x, median(v), min(v), max(v)) for x, v in sorted(points.items())]
        if rows:
            out[algorithm] = rows
    return out


def against_loss(load):
    runs = load("loss")
    if not runs:
        return None
    lines = medians(runs, "goodput", lambda r: r["parameters"]["loss"])
    data, plot = curves(lines, ["95.6*(1-x/100) with lines lw 1 lc 'black' dt 3 title 'link'"])
    return (data + "set logscale xy\nset yrange [0.1:200]\nset key bottom left\n"
            "set xlabel 'random loss, %'\nset ylabel 'goodput, Mbit/s'\n"
            "set title '100 Mbit/s, 100 ms: goodput against loss'\n" + plot)


def rtt_distribution(load):
    runs = load("S8")
    if not runs:
        return None
    lines = {}
    for algorithm in ALGORITHMS:
        values = [v / 1e3 for r in runs if r["algorithm"] == algorithm
                  for v in column(r["flows"][0], "srtt_us") if v]
        if values:
            lines[algorithm] = [(percentile(values, p), p) for p in range(0, 101, 2)]
    data, plot = curves(lines, style="lines")
    return (data + "set logscale x\nset key bottom right\n"
            "set xlabel 'smoothed RTT, ms'\nset ylabel '% of samples'\n"
            "set title '10 Mbit/s, 40 ms, 1000 packets of buffer: RTT'\n" + plot)


def over_time(load):
    runs = [r for r in load("S12") if r["number"] == 1 and r["algorithm"] != "aimd" and
            r["algorithm"] != "reno"]
    if not runs:
        return None
    script = ("set multiplot layout 3,1 title '50 Mbit/s, 40 ms, 165 packets of buffer'\n"
              "set xrange [0:14]\nset lmargin 9\n")
    wanted = (("cwnd", 1, "window, packets"), ("pacing_bytes_s", 8e-6, "pacing, Mbit/s"),
              ("srtt_us", 1e-3, "srtt, ms"))
    for name, scale, label in wanted:
        lines = {}
        for run in runs:
            points = series(run["flows"][0], name, scale)[1::2]
            lines[run["algorithm"]] = [(t, min(v, 400)) for t, v in points if t < 14]
        data, plot = curves(lines, style="lines")
        script += data + f"set ylabel '{label}'\n" + plot + "unset key\n"
    return script + "set xlabel 's'\nunset multiplot\n"


def coexistence(load):
    runs = load("S2")
    if not runs:
        return None
    bdp = 124
    lines = medians(runs, "other_share", lambda r: r["parameters"]["buffer"] / bdp)
    data, plot = curves(lines, ["50 with lines lw 1 lc 'black' dt 3 title 'fair'"])
    return (data + "set logscale x 2\nset yrange [0:100]\n"
            "set xlabel 'buffer, bandwidth-delay products'\n"
            "set ylabel 'share of in-tree cubic, %'\n"
            "set title '50 Mbit/s, 30 ms: what a flow of cubic keeps beside one of ...'\n" + plot)


def against_buffer(load):
    runs = load("S1")
    if not runs:
        return None
    lines = medians(runs, "retrans_percent", lambda r: r["parameters"]["buffer"])
    data, plot = curves(lines)
    return (data + "set logscale xy\nset xlabel 'buffer, packets (165: one BDP)'\n"
            "set ylabel 'retransmitted, %'\nset key top right\n"
            "set title '50 Mbit/s, 40 ms: retransmits against buffer'\n" + plot)


def windows(load):
    runs = [r for r in load("windows") if r["point"].startswith("100ms")]
    if not runs:
        return None
    lines = medians(runs, "cwnd_mean", lambda r: 1 / r["parameters"]["drop_every"])
    data, plot = curves(lines, [
        "$rfc using 1:2 with lines lw 1 lc 'black' dt 3 title 'RFC 9438'",
        "$model using 1:2 with lines lw 1 lc 'gray' dt 3 title 'Reno'"])
    rates = [10 ** (-i / 10) for i in range(20, 41)]
    data += block("rfc", [(p, cubic_window(p, 0.1)) for p in rates])
    data += block("model", [(p, reno_window(p)) for p in rates])
    return (data + "set logscale xy\nset format x '%.0e'\nset xlabel 'loss: each Nth packet'\n"
            "set ylabel 'mean window, packets'\nset title '100 ms: windows and RFC 9438'\n" + plot)


FIGURES = {
    "loss": (against_loss, "Goodput against random loss", "loss"),
    "coexistence": (coexistence, "What in-tree cubic keeps beside one flow of another", "S2"),
    "retransmits": (against_buffer, "Retransmits against buffer", "S1"),
    "rtt": (rtt_distribution, "Distribution of the RTT in a bloated buffer", "S8"),
    "time": (over_time, "Window, pacing rate and RTT over time (first run)", "S12"),
    "windows": (windows, "Mean window with each Nth packet lost", "windows"),
}

# A ratio beyond these is drawn at the edge.
LEAST_RATIO, GREATEST_RATIO = 0.25, 4.0


def side_by_side(title, rows, height):
    """Rows of compare(): a panel for each measure, a line for each point."""
    names = ", ".join(f"'{row['label']}' {i}" for i, row in enumerate(rows, 1))
    ticks = ", ".join(f"'' {i}" for i in range(1, len(rows) + 1))
    script = (f"set multiplot layout 1,{len(COMPARED)} "
              f"margins 0.31,0.98,{30 / height:.3f},{1 - 80 / height:.3f} "
              f"spacing 0.012 title '{title}'\nset logscale x 2\n"
              f"set xrange [{LEAST_RATIO}:{GREATEST_RATIO}]\nset xtics ('1/2' 0.5, 1, 2)\n"
              f"set yrange [{len(rows) + 0.7}:0.3]\nset ytics ({names}) font ',9'\nunset key\n"
              "set arrow from 1, graph 0 to 1, graph 1 nohead lc 'black'\n")
    for panel, (heading, _, more_is_better) in enumerate(COMPARED):
        points = {True: [], False: []}
        for at, row in enumerate(rows, 1):
            value = row["ratios"][panel]
            if value is not None:
                points[row["loses"][panel]].append(
                    (min(max(value, LEAST_RATIO), GREATEST_RATIO), at))
        parts = ["NaN"]
        for worse, style in ((False, "pt 7 lc rgb '#208040'"), (True, "pt 5 lc rgb '#c02020'")):
            if points[worse]:
                script += block(f"p{panel}{int(worse)}", points[worse])
                parts.append(f"$p{panel}{int(worse)} using 1:2 with points {style} ps 0.8")
        better = "more" if more_is_better else "less"
        script += (f"set title \"{heading}\\n{better} is better\" font ',9'\n"
                   "plot " + ", ".join(parts) + f"\nset ytics ({ticks})\n")
    return script + "unset multiplot\n"


TERMINALS = {"png": "pngcairo size 800,{height} font 'Sans,10'",
             "svg": "svg size 800,{height} font 'Sans,12' background 'white'"}


def draw(name, folder, load):
    """Both files of a figure; whether there was something to draw."""
    script = FIGURES[name][0](load)
    if script is None:
        return False
    render(name, folder, script, 900 if "multiplot" in script else 500)
    return True


def draw_ratios(name, folder, title, rows):
    height = 150 + 16 * len(rows)
    render(name, folder, side_by_side(title, rows, height), height)


def render(name, folder, script, height):
    folder.mkdir(parents=True, exist_ok=True)
    for extension, terminal in TERMINALS.items():
        head = (f"set terminal {terminal.format(height=height)} noenhanced\n"
                f"set output '{folder / name}.{extension}'\nset grid lc 'gray90'\n")
        # it warns where a line has one point so far
        subprocess.run(["gnuplot"], input=head + script, text=True, check=True,
                       capture_output=True)
