#!/usr/bin/env python3
"""How fast recontact finds cues, beside what a user would take instead, on the same texts in one run.

    cargo build --release
    pip install pyahocorasick hyperscan duckdb
    python3 benches/compare/detect.py [TEXTS.jsonl ...]

The others search for literal phrases: the words that the built-in rules' examples mark, in lower case. That is less than
recontact does (folding, inflections, gaps, numbers, vetoes, languages, offsets in the raw text, JSON in and out); it is
what they can do. Without arguments the texts are the dialogues of the demo and the labelled texts of all languages,
repeated until they are worth timing. One thread each. Median of five runs, in turn.
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "release" / "recontact"
RUNS = 5
SIZE = 10_000_000


def literals():
    """What the examples of the built-in rules mark, in lower case."""
    found = set()
    for path in sorted((ROOT / "lexicons" / "repeat").glob("*.toml")):
        for rule in tomllib.loads(path.read_text())["rule"]:
            for example in rule["examples"]:
                text = example if isinstance(example, str) else example["text"]
                found.add(re.search(">>(.*?)<<", text, re.DOTALL).group(1).lower())
    return sorted(found)


def demo():
    """The turns of customers in the demo, a text each."""
    lines = (ROOT / "fixtures" / "demo" / "transcripts.jsonl").read_text().splitlines()
    for line in lines:
        try:
            transcript = json.loads(line)
        except json.JSONDecodeError:
            continue  # the demo has damaged rows on purpose
        for turn in transcript.get("turns", []):
            if turn.get("speaker") != "agent" and turn.get("text"):
                yield turn["text"], transcript.get("language")


def labelled():
    """The labelled texts of all languages."""
    for path in sorted((ROOT / "fixtures" / "labelled").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            text = json.loads(line)
            yield text["text"], text["lang"]


def texts_of(path):
    """The texts of a file of JSON lines."""
    for line in pathlib.Path(path).read_text().splitlines():
        text = json.loads(line)
        yield text["text"], text.get("lang")


def repeated(texts):
    """The texts again and again until they are SIZE bytes."""
    texts = list(texts)
    size = sum(len(text.encode()) for text, _ in texts)
    return texts * max(1, SIZE // max(size, 1))


def recontact(texts, folder):
    """Whole process: JSON lines in, cues out, less the time of the same process on one line."""
    path = folder / "texts.jsonl"
    with path.open("w") as out:
        for at, (text, lang) in enumerate(texts):
            out.write(json.dumps({"id": at, "text": text} | ({"lang": lang} if lang else {}), ensure_ascii=False))
            out.write("\n")
    one = folder / "one.jsonl"
    one.write_text('{"id":0,"text":"x"}\n')

    def run(file):
        started = time.perf_counter()
        environment = os.environ | {"RAYON_NUM_THREADS": "1"}
        out = subprocess.run([PROGRAM, "detect", file], env=environment, capture_output=True, check=True).stdout
        return time.perf_counter() - started, out

    def timed():
        seconds, out = run(path)
        found = sum(b'"cues":[{' in line for line in out.splitlines())
        return seconds - run(one)[0], found

    return timed


def pyahocorasick(texts, phrases):
    """pyahocorasick over the lower-cased texts."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for at, phrase in enumerate(phrases):
        automaton.add_word(phrase, at)
    automaton.make_automaton()

    def timed():
        started = time.perf_counter()
        found = sum(next(automaton.iter(text.lower()), None) is not None for text, _ in texts)
        return time.perf_counter() - started, found

    return timed


def hyperscan(texts, phrases):
    """Hyperscan (the Python package) over the lower-cased texts."""
    import hyperscan as hs

    database = hs.Database()
    expressions = [re.escape(phrase).encode() for phrase in phrases]
    flags = [hs.HS_FLAG_SINGLEMATCH | hs.HS_FLAG_UTF8] * len(phrases)
    database.compile(expressions=expressions, ids=list(range(len(phrases))), elements=len(phrases), flags=flags)

    def timed():
        found = 0
        started = time.perf_counter()
        for text, _ in texts:
            hits = []
            database.scan(text.lower().encode(), match_event_handler=lambda *_: hits.append(1))
            found += bool(hits)
        return time.perf_counter() - started, found

    return timed


def duckdb(texts, phrases):
    """DuckDB's regexp_matches with all phrases as alternatives, on one thread and a small part of the texts."""
    import duckdb as db

    part = texts[: max(1, len(texts) // 200)]
    connection = db.connect()
    connection.execute("set threads to 1")
    connection.execute("create table texts (text varchar)")
    connection.executemany("insert into texts values (?)", [[text] for text, _ in part])
    pattern = "|".join(re.escape(phrase) for phrase in phrases)
    share = sum(len(text) for text, _ in texts) / sum(len(text) for text, _ in part)

    def timed():
        started = time.perf_counter()
        query = "select count(*) from texts where regexp_matches(lower(text), ?)"
        found = connection.execute(query, [pattern]).fetchone()[0]
        return (time.perf_counter() - started) * share, round(found * share)

    return timed


def measure(name, texts):
    """Times everybody on these texts and prints a table."""
    phrases = literals()
    texts = repeated(texts)
    size = sum(len(text.encode()) for text, _ in texts) / 1e6
    print(f"{name}: {len(texts)} texts, {size:.0f} MB, {len(phrases)} literal phrases for the others")
    with tempfile.TemporaryDirectory() as folder:
        everybody = {"recontact detect, whole process": recontact(texts, pathlib.Path(folder))}
        for other in (pyahocorasick, hyperscan, duckdb):
            try:
                everybody[other.__name__] = other(texts, phrases)
            except Exception as fault:  # not installed, or too many alternatives for it
                print(f"  {other.__name__}: left out ({type(fault).__name__}: {str(fault)[:80]})")
        seconds = {who: [] for who in everybody}
        found = {}
        for _ in range(RUNS):
            for who, timed in everybody.items():
                taken, found[who] = timed()
                seconds[who].append(taken)
    own = statistics.median(seconds["recontact detect, whole process"])
    print("  who                                MB/s    texts found    times recontact's")
    for who, taken in seconds.items():
        median = statistics.median(taken)
        print(f"  {who:<32} {size / median:>6.1f} {found[who]:>14} {median / own:>14.2f}")


def main():
    if not PROGRAM.exists():
        sys.exit("target/release/recontact is missing: run cargo build --release first")
    if len(sys.argv) > 1:
        for path in sys.argv[1:]:
            measure(path, texts_of(path))
    else:
        measure("dialogue of the demo, customers' turns", demo())
        measure("labelled texts of all languages (dense)", labelled())


main()
