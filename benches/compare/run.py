#!/usr/bin/env python3
"""recontact beside what one would take instead, on the same files in one run. Prints Markdown.

    cargo build --release --bin recontact --example six-counts
    pip install duckdb polars pandas pyarrow pyahocorasick flashtext hyperscan
    python3 benches/compare/run.py --count 100000 > compare.md

Everybody computes the same, and the run ends with exit code 1 if two of them do not agree. See benches/README.md.
"""

import argparse
import datetime
import importlib.metadata
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import common
import detect
import end_to_end
import link

PACKAGES = ["duckdb", "polars", "pandas", "pyarrow", "pyahocorasick", "flashtext", "hyperscan"]
FILES = ["interactions.csv", "transcripts.jsonl"]
THREADS = 2
# Contacts on which the literal phrases are compared one by one.
LITERALS = 20_000


def main():
    arguments = parse()
    check(arguments)
    with tempfile.TemporaryDirectory(prefix="recontact-compare-", dir=arguments.work) as work:
        work = pathlib.Path(work)
        data = arguments.data or generated(arguments.count, work / "generated")
        parts = {"link": part_link, "end-to-end": part_end_to_end, "detect": part_detect}
        common.log("preparing")
        slices = Slices(data, work)
        phrase_count = int(helper("phrases.py", work / "lexicon"))
        print(heading(arguments, slices, phrase_count), flush=True)
        for name, part in parts.items():
            if arguments.only in (None, name):
                common.log(name)
                print(part(arguments, slices, work), flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=100_000, help="contacts to generate [100000]")
    parser.add_argument("--data", type=pathlib.Path, help="folder with interactions.csv and transcripts.jsonl instead")
    parser.add_argument("--binary", type=pathlib.Path, default=common.ROOT / "target" / "release" / "recontact")
    parser.add_argument("--only", choices=["link", "end-to-end", "detect"])
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn; the median counts [5]")
    parser.add_argument(
        "--limit", type=float, default=300, help="seconds for all runs of a slow one: it gets as much as fits [300]"
    )
    parser.add_argument("--work", type=pathlib.Path, help="folder for working files, which go at the end [temporary]")
    return parser.parse_args()


def check(arguments):
    """Says what is missing, before anything takes time."""
    missing = [name for name in PACKAGES if version(name) is None]
    if missing:
        sys.exit(f"missing: pip install {' '.join(missing)}")
    for binary in (arguments.binary, library(arguments)):
        if not binary.is_file():
            build = "cargo build --release --bin recontact --example six-counts"
            sys.exit(f"{binary} is missing: run {build}, or say --binary PATH")
    if not shutil.which("rg"):
        sys.exit("ripgrep (rg) is missing: install it (apt install ripgrep, brew install ripgrep)")
    for name in FILES:
        if arguments.data and not (arguments.data / name).is_file():
            sys.exit(f"{arguments.data / name} is missing")
    arguments.binary = arguments.binary.resolve()


def library(arguments):
    """The program that links and measures through the library, and does nothing else."""
    return arguments.binary.parent / "examples" / "six-counts"


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def generated(count, folder):
    """Generates contacts."""
    common.log(f"generating {count:,} contacts")
    command = ["cargo", "run", "--quiet", "--release", "--example", "generate-volume", "--", str(count), str(folder)]
    subprocess.run(command, cwd=common.ROOT, check=True, stdout=sys.stderr)
    return folder


class Slices:
    """Folders with the first so many rows of the interactions and their transcripts."""

    def __init__(self, data, work):
        self.data, self.work = data, work
        self.whole = work / "contacts"
        self.total, self.corrections = self.cut(self.whole, sys.maxsize)

    def cut(self, folder, size):
        folder.mkdir()
        return map(int, helper("slices.py", self.data, folder, size).split())

    def folder(self, size):
        """The folder with so many."""
        if size == self.total:
            return self.whole
        folder = self.work / f"contacts-{size}"
        if not folder.exists():
            self.cut(folder, size)
        return folder


def helper(file, *arguments):
    """What a Python file of this folder prints, run as a process of its own."""
    command = [sys.executable, common.HERE / file, *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def heading(arguments, slices, phrase_count):
    """Machine, versions, date and data."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    own = subprocess.run([arguments.binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    tools = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rg = subprocess.run(["rg", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    sizes = ", ".join(f"{name} {(slices.whole / name).stat().st_size / 1e6:,.1f} MB" for name in FILES)
    machine = f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GB; load {os.getloadavg()[0]:.1f} at the start"
    return f"""# recontact beside others

- {datetime.date.today():%-d %B %Y}, {machine}
- {own}, Python {platform.python_version()}, {tools}, {rg}
- {slices.total:,} rows, {sizes}, {slices.corrections:,} corrections taken out for everybody; {phrase_count:,} phrases
- medians of {arguments.runs} runs in turn, files in the page cache; who would need more than
  {arguments.limit:.0f} s for all runs gets fewer contacts
"""


def processor():
    """The processor's name, where the system tells it."""
    try:
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def part_link(arguments, slices, work):
    """Link and measure."""
    folder = slices.folder(slices.total)
    common.run(common.Contender("prepare", script=("link.py", "prepare")), folder, THREADS)
    for store, files in {"store": FILES[:1], "full": FILES}.items():
        command = [arguments.binary, "index", *(folder / name for name in files), "--store", folder / store]
        subprocess.run(command, check=True, stdout=sys.stderr)
    judge = common.Judge()
    contenders = link.contenders(arguments.binary, library(arguments))
    rows = common.compare(contenders, slices.total, slices.folder, THREADS, arguments.runs, arguments.limit, judge)
    return "\n".join(
        [
            f"## Link and measure, {slices.total:,} rows, {THREADS} threads\n",
            common.table(rows, ("computes", link.computes)) + "\n",
            judge.sentences(),
            common.goal(rows, link.PARQUET, 4),
            common.goal(rows[1:], link.PARQUET, 4) + "\n",
        ]
    )


def part_end_to_end(arguments, slices, work):
    """From files to the table."""
    judge = common.Judge()
    lexicon = work / "lexicon"
    checked = helper("literals.py", arguments.binary, lexicon, slices.folder(min(LITERALS, slices.total)))
    contenders = end_to_end.contenders(arguments.binary, lexicon)
    rows = common.compare(contenders, slices.total, slices.folder, THREADS, arguments.runs, arguments.limit, judge)
    return "\n".join(
        [
            f"## End to end, {slices.total:,} rows, {THREADS} threads\n",
            common.table(rows, ("contacts that state a repeat", end_to_end.found)) + "\n",
            judge.sentences(),
            checked.strip(),
            common.goal(rows, end_to_end.DUCKDB, 5),
            common.goal(rows, end_to_end.PANDAS, 30) + "\n",
        ]
    )


def part_detect(arguments, slices, work):
    """Detection alone, on texts of three kinds."""
    parts = ["## Detection alone, one thread\n"]
    kinds = {
        "generated": "Generated dialogue, customers' turns",
        "demo": "Dialogue of the demo, customers' turns",
        "labelled": "Labelled texts of all languages, half of which state something",
    }
    for kind, words in kinds.items():
        common.log(f"  {kind}")

        def write(size, kind=kind):
            return int(helper("texts.py", kind, slices.data, work / f"{kind}-{size}", size))

        total = write(0)

        def folder(size, kind=kind, total=total, write=write):
            path = work / f"{kind}-{0 if size == total else size}"
            if not path.exists():
                write(size)
            return path

        judge = common.Judge()
        contenders = detect.contenders(arguments.binary, work / "lexicon", total)
        rows = common.compare(contenders, total, folder, 1, arguments.runs, arguments.limit, judge)
        parts += [f"### {words}\n", detect.table(rows, folder) + "\n", judge.sentences() + "\n"]
    return "\n".join(parts)


if __name__ == "__main__":
    try:
        main()
    except (common.Wrong, RuntimeError, subprocess.CalledProcessError) as fault:
        sys.exit(f"FAILED: {fault}")
