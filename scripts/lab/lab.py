#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the experiments of the lab in VMs in virtual time, keeps what they
measured, and reports. Finished runs are not repeated, so it may be interrupted
and begun again at any time.

usage: scripts/lab/lab.py run | claims | report | list

Words in the environment (make lab passes them on):
  ONLY="S1 S3:0.1"  these scenarios, or one of a scenario's points
  LAB=all           every point of every scenario (default: a subset)
  LAB=claims        what the claims rest on
  ALGOS="bbr3 bbr"  these algorithms
  KVER="6.1 6.12"   kernels (6.12)
  RUNS=5            of each point and algorithm
  JOBS=2            VMs at a time
"""
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

import jobs
import report
import store
from claims import CLAIMS, aligned
from results import measures, parse
from scenarios import IN_TREE, OURS, SCENARIOS, algorithms_of
from store import TOP

# Wall time of emulation: to boot, to set up a run, and for each packet.
BOOT_S, SETUP_S, PACKET_S = 9.0, 2.5, 0.0002
DOCUMENTATION = TOP / "Documentation"
# A VM is booted for about so many seconds of work.
SHIFT_S = 900
# So many VMs may die before it is given up.
MAX_DEATHS = 3


def say(text):
    print(text, flush=True)


def die(text):
    sys.exit(f"tcpdiag: error: {text}")


def words(name, default):
    return os.environ.get(name, "").split() or list(default)


def known(name, default, possible):
    """Words of which each has a meaning."""
    chosen = words(name, default)
    for word in chosen:
        if word not in possible:
            die(f"{name}={word}: there are {' '.join(possible)}")
    return chosen


def count(name, default):
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or int(text) < 1:
        die(f"{name}={text} is not a count")
    return int(text)


def extent_of_lab():
    extent = os.environ.get("LAB", "")
    if extent not in ("", "all", "claims"):
        die(f"LAB={extent}: there are all and claims")
    return extent


def settings():
    extent = extent_of_lab()
    return {
        "kernels": known("KVER", ["6.12"], store.KERNELS),
        "runs": count("RUNS", 5),
        "jobs": count("JOBS", min(2, os.cpu_count() or 1)),
        "algorithms": known("ALGOS", OURS + IN_TREE, OURS + IN_TREE),
        "points": chosen_points(words("ONLY", []), extent),
        "claims_only": extent == "claims",
    }


def chosen_points(only, extent):
    """[(scenario, point)]"""
    if not only and extent == "claims":
        return list(dict.fromkeys(c["where"] for c in CLAIMS))
    if not only:
        return [(s, p) for s, entry in SCENARIOS.items()
                for p in (entry["points"] if extent == "all" else entry["default"])]
    chosen = []
    for word in only:
        scenario_id, _, point = word.partition(":")
        if scenario_id not in SCENARIOS:
            die(f"no scenario {scenario_id}; there are: {' '.join(SCENARIOS)}")
        points = SCENARIOS[scenario_id]["points"]
        if point and point not in points:
            die(f"{scenario_id} has no point {point}; there are: {' '.join(points)}")
        chosen += [(scenario_id, p) for p in ([point] if point else points)]
    return chosen


def registered(kver):
    """The algorithms that our module brings, by its aliases."""
    module = TOP / "build" / kver / "tcpdiag.ko"
    aliases = subprocess.run(["/sbin/modinfo", "-F", "alias", module], check=True,
                             capture_output=True, text=True).stdout.split()
    return [a.removeprefix("tcp_") for a in aliases if a.startswith("tcp_")]


def estimate(p):
    """Seconds of wall time."""
    rate = p["rate"] or p.get("rate_hint", 50)
    packet = 4 * jobs.PACKET if p["gso"] else jobs.PACKET
    return SETUP_S + PACKET_S * p["seconds"] * rate * 1e6 / 8 / packet * p["load"]


def algorithms_for(options, scenario_id, point):
    if not options["claims_only"]:
        return algorithms_of(scenario_id)
    judged = [c for c in CLAIMS if c["where"] == (scenario_id, point)]
    return dict.fromkeys(c[role] for c in judged for role in ("ours", "theirs", "over") if c[role])


def wanted_runs(options, kver):
    """What is asked for and not there yet, in order of scenarios, and the absent."""
    present = registered(kver)
    absent = [a for a in OURS if a in options["algorithms"] and a not in present]
    usable = [a for a in options["algorithms"] if a not in absent]
    have = {s: {store.key(r) for r in store.load(kver, s)} for s, _ in options["points"]}
    wanted = [store.description(kver, scenario_id, point, algorithm, number)
              for number in range(1, options["runs"] + 1)
              for scenario_id, point in options["points"]
              for algorithm in algorithms_for(options, scenario_id, point)
              if algorithm in usable]
    todo = [r for r in wanted if store.key(r) not in have[r["scenario"]]]
    order = list(SCENARIOS)
    todo.sort(key=lambda r: order.index(r["scenario"]))
    return todo, len(wanted) - len(todo), absent


def name_of(run):
    return "{scenario}_{point}_{algorithm}_{number}".format(**run)


class Lab:
    """The runs still to do on one kernel, and the VMs that do them."""

    def __init__(self, kver, todo, workers):
        self.kver = kver
        self.todo = list(todo)
        self.workers = workers
        self.lock = threading.Lock()
        self.failed = []
        self.deaths = 0
        self.vms = []
        self.total = len(todo)
        self.finished = 0
        self.left_s = sum(estimate(r["parameters"]) for r in todo)
        # as few boots as may be, and as many for each worker
        self.shift_s = self.left_s / (workers * math.ceil(self.left_s / (workers * SHIFT_S)))
        self.expected_s = self.spent_s = 0.0

    def take_shift(self):
        """Work for one boot."""
        with self.lock:
            shift, cost = [], 0.0
            while self.todo and (not shift or cost < self.shift_s):
                run = self.todo.pop(0)
                shift.append(run)
                cost += estimate(run["parameters"])
            return shift, cost

    def eta(self):
        speed = self.spent_s / self.expected_s if self.expected_s else 1
        return max(0, self.left_s) * speed / self.workers

    def note_done(self, run, wall_s):
        """With the lock held."""
        cost = estimate(run["parameters"])
        self.finished += 1
        self.left_s -= cost
        self.expected_s += cost
        self.spent_s += wall_s

    def keep(self, out, run, wall_s):
        text = (out / "runs" / name_of(run)).read_text()
        complete = {**run, **parse(text), "wall_s": round(wall_s, 1)}
        with self.lock:
            scenario_id = run["scenario"]
            same = ("point", "algorithm", "number")
            others = [r for r in store.load(self.kver, scenario_id)
                      if any(r[k] != run[k] for k in same)]
            store.save(self.kver, scenario_id, others + [complete])
            self.note_done(run, wall_s)
            m = measures(complete)
            figures = f"{m['goodput']:7.2f} Mbit/s, {m['retrans_percent']:6.2f} % retransmitted"
            if m["srtt_p50"]:
                figures += f", srtt {m['srtt_p50']:.0f} ms"
            if "other_share" in m:
                figures += f", other {m['other_goodput']:.2f}"
            say(f"[{self.finished}/{self.total}, {self.eta() / 60:.0f} min left] {self.kver} "
                f"{run['scenario']}:{run['point']} {run['algorithm']} #{run['number']}: {figures}")

    def fail(self, run, why):
        with self.lock:
            self.failed.append(run)
            say(f"FAILED {self.kver} {name_of(run)}: {why}")

    def write_shift(self, out, shift):
        shutil.rmtree(out / "jobs", ignore_errors=True)
        shutil.rmtree(out / "runs", ignore_errors=True)
        for run in shift:
            folder = out / "jobs" / name_of(run)
            folder.mkdir(parents=True)
            for name, lines in jobs.files(run["parameters"], run["algorithm"]).items():
                (folder / name).write_text("".join(line + "\n" for line in lines))
        (out / "queue").write_text("".join(name_of(r) + "\n" for r in shift))

    def boot(self, out, log, cost):
        command = [TOP / "scripts/vm/boot", "-k", self.kver, "-c", "virtual",
                   "-t", str(int(600 + 10 * cost)), "-o", out, "--", "scripts/lab/guest"]
        vm = subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, stderr=log, text=True)
        with self.lock:
            self.vms.append(vm)
        return vm

    def work_shift(self, out, shift, cost):
        """Boots a VM for a shift. Its lines tell what begins and ends."""
        self.write_shift(out, shift)
        left = {name_of(r): r for r in shift}
        at_work, began = None, 0.0
        with open(out / "log", "w") as log, self.boot(out, log, cost) as vm:
            for line in vm.stdout:
                word, _, name = line.strip().partition(" ")
                if word == "begin":
                    at_work, began = left.pop(name), time.monotonic()
                elif word == "done":
                    try:
                        self.keep(out, at_work, time.monotonic() - began)
                    except (ValueError, OSError) as error:
                        self.fail(at_work, error)
                    at_work = None
                elif word == "failed":
                    self.fail(at_work, "see the lines above")
                    at_work = None
                else:
                    say(f"  guest: {line.rstrip()}")
        if vm.returncode or at_work or left:
            say((out / "log").read_text().strip())
            self.after_death(at_work, list(left.values()), f"VM status {vm.returncode}, see {out}")

    def after_death(self, culprit, innocent, why):
        """A VM did not do its shift. Others may, without the run it died of."""
        self.deaths += 1
        if culprit:
            self.fail(culprit, why)
        if self.deaths < MAX_DEATHS:
            with self.lock:
                self.todo += innocent
            return
        for run in innocent:
            self.fail(run, f"not run: {self.deaths} VMs died")

    def worker(self, number):
        out = TOP / "build/vm" / f"lab-{self.kver}-{number}"
        out.mkdir(parents=True, exist_ok=True)
        while True:
            shift, cost = self.take_shift()
            if not shift:
                return
            self.work_shift(out, shift, cost)

    def run(self):
        threads = [threading.Thread(target=self.worker, args=(i,), daemon=True)
                   for i in range(self.workers)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:
            with self.lock:
                for vm in self.vms:
                    vm.terminate()
            for vm in self.vms:
                vm.wait()
            sys.exit("tcpdiag: interrupted; what is finished is kept, make lab goes on from there")
        # also false when a kernel complained at its end, or a worker broke off
        return not self.failed and not self.deaths and self.finished == self.total


def build(kver, *options):
    """It says itself what is wrong."""
    if subprocess.run([TOP / "scripts/build", *options, kver]).returncode:
        sys.exit(1)


def run_kernel(options, kver):
    build(kver)
    build(kver, "-s", TOP / "scripts/lab/meter", "-o", TOP / "build/lab-meter" / kver)
    todo, done, absent = wanted_runs(options, kver)
    for algorithm in absent:
        say(f"absent: {algorithm} (the module does not register it)")
    if not todo:
        say(f"{kver}: all {done} runs are there already")
        return True
    workers = min(options["jobs"], len(todo))
    cost = sum(estimate(r["parameters"]) for r in todo) / workers + BOOT_S
    say(f"{kver}: {len(todo)} runs to do, {done} there already; about {cost / 60:.0f} min "
        f"of wall time with {workers} VMs at a time")
    return Lab(kver, todo, workers).run()


def tables(options):
    """What was measured of what was asked for."""
    for kver in options["kernels"]:
        for scenario_id in dict.fromkeys(s for s, _ in options["points"]):
            points = [p for s, p in options["points"] if s == scenario_id]
            rows = report.scenario_rows(kver, scenario_id, points, options["algorithms"])
            if len(rows) > 1:
                say(f"\n{scenario_id} on {kver}: {SCENARIOS[scenario_id]['title']}\n")
                say("\n".join(aligned(rows, ())))


def print_claims(kernels):
    if not kernels:
        die("nothing was measured yet; run make lab")
    releases = " and ".join(store.kernel_release(k) for k in kernels)
    say(f"\nClaims on {releases}: medians of runs in virtual time\n")
    say(report.claims_text(kernels))


def run(options):
    good = all([run_kernel(options, kver) for kver in options["kernels"]])
    tables(options)
    if not os.environ.get("ONLY"):
        print_claims(options["kernels"])
    complete = os.environ.get("LAB") == "all" and not os.environ.get("ONLY")
    say(f"\nresults page: {report.write(DOCUMENTATION if complete else store.RESULTS)}")
    return good


def main():
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if command == "run":
        sys.exit(0 if run(settings()) else 1)
    elif command == "claims":
        print_claims(known("KVER", report.kernels_measured(), store.KERNELS))
    elif command == "report":
        say(report.write(DOCUMENTATION))
    elif command == "list":
        for scenario_id, entry in SCENARIOS.items():
            say(f"{scenario_id:9} {entry['title']}\n{'':10}points: {' '.join(entry['points'])}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
