# SPDX-License-Identifier: GPL-2.0
"""The results on disk: build/lab/KERNEL/SCENARIO.json, each with the
parameters and raw samples of its runs."""
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jobs
from results import SAMPLE
from scenarios import OURS, SCENARIOS, parameters_of

TOP = Path(__file__).resolve().parent.parent.parent
RESULTS = Path(os.environ.get("LAB_RESULTS") or TOP / "build" / "lab")
KERNELS = ("6.1", "6.12")


def path_of(kver, scenario_id):
    return RESULTS / kver / f"{scenario_id}.json"


def load(kver, scenario_id):
    """All runs that were finished, also of versions that are gone."""
    path = path_of(kver, scenario_id)
    if not path.exists():
        return []
    with open(path) as file:
        return json.load(file)["runs"]


def save(kver, scenario_id, runs):
    """A run to a line. Replaced as a whole: a reader sees the old or the new."""
    path = path_of(kver, scenario_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    runs = sorted(runs, key=lambda r: (r["point"], r["algorithm"], r["number"]))
    head = {"scenario": scenario_id, "title": SCENARIOS[scenario_id]["title"], "kernel": kver,
            "command": f"make lab ONLY={scenario_id} KVER={kver}", "sample_fields": SAMPLE}
    new = path.with_suffix(".new")
    with open(new, "w") as file:
        file.write(json.dumps(head)[:-1] + ', "runs": [\n')
        file.write(",\n".join(json.dumps(r, separators=(",", ":")) for r in runs))
        file.write("\n]}\n")
    new.replace(path)


def key(run):
    """What makes a run the same as another. The setup is all that reaches the
    guest; a parameter that is new since, and is not used, makes no other run."""
    return (run["scenario"], run["point"], run["algorithm"], run["number"], run["version"],
            run.get("setup"))


@functools.cache
def kernel_dir(kver):
    command = ["bash", "-c", '. "$1/scripts/common.sh"; kernel_dir "$2"', "-", TOP, kver]
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        sys.exit(found.stderr.strip())
    return Path(found.stdout.strip())


def sources_of(algorithm):
    """The files an algorithm is made of: its own, and what it includes of this
    project, with the .c beside a .h."""
    found, todo = set(), [TOP / "cc_algos" / f"{algorithm}.c"]
    while todo:
        path = todo.pop()
        if path in found or not path.exists():
            continue
        found.add(path)
        for name in re.findall(r'^#include "(.*)"', path.read_text(), re.M):
            header = (path.parent / name).resolve()
            # the list of algorithms changes with each new one
            if header.name != "cc_algos.h":
                todo += [header, header.with_suffix(".c")]
    return sorted(found)


def kernel_release(kver):
    return (kernel_dir(kver) / "abi").read_text().strip()


@functools.cache
def version_of(kver, algorithm):
    """What a result depends on beside the parameters: the kernel, and for our
    algorithms their source."""
    version = kernel_release(kver)
    if algorithm in OURS:
        digest = hashlib.sha256()
        for path in sources_of(algorithm):
            digest.update(path.read_bytes())
        version += " " + digest.hexdigest()[:12]
    return version


def description(kver, scenario_id, point, algorithm, number):
    """A run before it is run. Its setup is a digest of what the guest will do."""
    parameters = parameters_of(scenario_id, point, number)
    commands = json.dumps(jobs.files(parameters, algorithm))
    return {"scenario": scenario_id, "point": point, "algorithm": algorithm, "number": number,
            "version": version_of(kver, algorithm),
            "setup": hashlib.sha256(commands.encode()).hexdigest()[:12],
            "parameters": parameters}


def is_current(kver, run):
    """Of today's algorithms and scenarios."""
    return (run["point"] in SCENARIOS[run["scenario"]]["points"] and
            key(run) == key(description(kver, run["scenario"], run["point"], run["algorithm"],
                                        run["number"])))


def current(kver, scenario_id):
    return [r for r in load(kver, scenario_id) if is_current(kver, r)]
