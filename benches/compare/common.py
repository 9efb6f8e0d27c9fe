"""Measuring: contenders as processes of their own, in turn, and the tables that come of it.

A contender is either a command (recontact, ripgrep: the whole process is timed) or a function of one of the files
here, run as `python FILE.py NAME FOLDER` in a fresh interpreter. Of the latter only the function is timed: starting
Python and importing the tool are given to it for nothing. Memory is the peak of the whole process.
"""

import dataclasses
import importlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Wrong(Exception):
    """Two contenders that compute the same do not agree."""


@dataclasses.dataclass
class Contender:
    """Somebody who does the job."""

    name: str
    # What to run in a folder: a function that gives the command, and a function from the file with its output to the
    # results; or a Python file of this folder and a name in its FUNCTIONS.
    command: object = None
    script: tuple = None
    # Of slow ones: with how many contacts or texts to find out how many can be afforded.
    pilot: int = 0
    # Whether it also runs on the slices of the slow ones, to have something that they are compared with.
    is_reference: bool = False


@dataclasses.dataclass
class Run:
    """One run of a contender."""

    seconds: float
    memory: int  # bytes
    # What was computed → its value. Values of the same thing must be equal.
    results: dict


@dataclasses.dataclass
class Row:
    """A contender, how many of all contacts or texts it was given, and its runs."""

    contender: Contender
    total: int
    size: int
    # Seconds that it takes with next to nothing: what a larger job does not take again.
    start: float = 0.0
    runs: list = dataclasses.field(default_factory=list)

    def times(self):
        """Seconds of each run, scaled up to all contacts, ascending."""
        share = self.total / self.size
        return sorted(self.start + (run.seconds - self.start) * share for run in self.runs)

    def seconds(self):
        """Median."""
        return statistics.median(self.times())

    def memory(self):
        """The largest peak, bytes."""
        return max(run.memory for run in self.runs)


class Judge:
    """Holds what everybody computed, and refuses the first that differs."""

    def __init__(self):
        # (folder, what) → the value, and who computed it.
        self.known = {}

    def hear(self, who, folder, results):
        """Compares results with those of others in the same folder."""
        for what, value in results.items():
            expected, others = self.known.setdefault((folder, what), (value, []))
            if value != expected:
                raise Wrong(f"{what}, in {folder}\n  {others}:\n    {expected}\n  {who}:\n    {value}")
            if who not in others:
                others.append(who)

    def sentences(self):
        """What was found equal, for the report."""
        equal = {}
        for (_, what), (_, who) in self.known.items():
            if len(who) > 1:
                equal.setdefault(what, {}).update(dict.fromkeys(who))
        return "\n".join(f"- Equal {what}: {'; '.join(who)}." for what, who in equal.items())


# ---- Running.
NEXT_TO_NOTHING = 10


def process(command, environment, output):
    """Runs a command, gives seconds and peak memory in bytes. Standard output goes to a file."""
    with open(output, "wb") as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        child = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            err.seek(0)
            words = err.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{words}")
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def run(contender, folder, threads):
    """One run of a contender in a folder."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    for name in ("RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "COMPARE_THREADS"):
        environment[name] = str(threads)
    with tempfile.TemporaryDirectory() as own:
        output = pathlib.Path(own) / "output"
        if contender.script:
            file, name = contender.script
            _, memory = process([sys.executable, HERE / file, name, folder], environment, output)
            answer = json.loads(output.read_text(encoding="utf-8"))
            return Run(answer["seconds"], memory, answer["results"])
        command, results = contender.command(folder)
        seconds, memory = process(command, environment, output)
        return Run(seconds, memory, results(output))


def answer(functions, is_prepared=False):
    """The other side of `script`: runs the function that the command line names, prints seconds and results.

    With `is_prepared` the function gives another one, and that is timed.
    """
    name, folder = sys.argv[1:]
    modules, function = functions[name]
    for module in modules:
        importlib.import_module(module)
    folder = pathlib.Path(folder)
    timed = function(folder) if is_prepared else lambda: function(folder)
    started = time.perf_counter()
    results = timed()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "results": results}))


def threads():
    """Threads that a contender may use, for those who have to be told in their own way."""
    return int(os.environ.get("COMPARE_THREADS", "2"))


def affordable(row, seconds, limit):
    """How many contacts take no longer than the limit, if the pilot took so many seconds; two digits of it."""
    pilot = row.contender.pilot
    size = int(pilot * max(0, limit - row.start) / max(seconds - row.start, 0.001))
    if size >= row.total:
        return row.total
    unit = 10 ** max(0, len(str(size)) - 2)
    return max(pilot, size // unit * unit)


def compare(contenders, total, slice_of, threads, runs, limit, judge):
    """Runs everybody in turn, a row each. `slice_of(size)` is the folder with so many of the `total`."""
    rows = []
    for contender in contenders:
        row = Row(contender, total, total)
        if 0 < contender.pilot < total:
            row.start = min(run(contender, slice_of(NEXT_TO_NOTHING), threads).seconds for _ in range(2))
            tried = run(contender, slice_of(contender.pilot), threads)
            row.size = affordable(row, tried.seconds, limit / runs)
        log(f"  {contender.name}: {row.size:,} of {total:,}")
        rows.append(row)
    for size in sorted({row.size for row in rows} - {total}):
        for contender in contenders:
            if contender.is_reference:
                judge.hear(contender.name, slice_of(size), run(contender, slice_of(size), threads).results)
    for at in range(runs):
        log(f"  round {at + 1} of {runs}")
        for row in rows:
            done = run(row.contender, slice_of(row.size), threads)
            judge.hear(row.contender.name, slice_of(row.size), done.results)
            row.runs.append(done)
    return rows


def log(words):
    """Progress, for the person who waits."""
    print(words, file=sys.stderr, flush=True)


# ---- Tables.
def table(rows, extra):
    """A Markdown table, ratios to the first row. `extra`: a heading, and its cell from a row."""
    heading, cell = extra
    heads = ["what", "seconds", "fastest to slowest", "times the first", heading, "peak memory", "runs"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        times = row.times()
        cells = [
            row.contender.name,
            number(row.seconds()),
            f"{number(times[0])} to {number(times[-1])}",
            number(row.seconds() / rows[0].seconds()),
            cell(row),
            f"{row.memory() / 1e6:,.0f} MB",
            str(len(row.runs)) + ("" if row.size == row.total else f" on {row.size:,} contacts, time scaled up"),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def number(value):
    """Seconds with three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def goal(rows, name, least):
    """A sentence about a goal: how many times as long as the first the one of that name should take at least."""
    first = rows[0].contender.name
    value = next(row.seconds() for row in rows if row.contender.name == name) / rows[0].seconds()
    return f"- Goal, {name}: {least} times {first}. {number(value)}: {'reached' if value >= least else '**missed**'}."
