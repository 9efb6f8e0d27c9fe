"""The turns and queries of `cargo bench --bench search` in DuckDB's full-text extension: words, AND and OR are all that it knows.

    duckdb_fts.py FOLDER     with turns.jsonl and queries.jsonl, as RECONTACT_BENCH_TURNS=FOLDER writes them

It prints the time to fill, the bytes, the times of the queries and how many find another number of turns.
"""

import json
import pathlib
import re
import sys
import time

import duckdb

ROUNDS = 2  # the first warms up and is checked, the second counts
# Letters, digits, marks and apostrophes are words, as with the others.
IGNORE = r"[^\p{L}\p{N}\p{M}'’]+"
QUERIES = {
    "a word that is said": 1,
    "a word of the vocabulary": 1,
    "AND": 1,
    "OR": 0,
}


def load_extension(connection):
    """From the network, or from the package duckdb-ext-fts."""
    try:
        connection.execute("INSTALL fts; LOAD fts")
    except duckdb.Error:
        import duckdb_ext

        folder = pathlib.Path(duckdb_ext.__path__[0])
        (path,) = folder.rglob("fts.duckdb_extension")
        connection.execute(f"LOAD '{path}'")


def fill(connection, texts):
    connection.execute("CREATE TABLE turns (id BIGINT, text VARCHAR)")
    connection.execute(
        "INSERT INTO turns SELECT row_number() OVER (), json->>'$' FROM read_csv(?, columns = {'json': 'JSON'},"
        " delim = '\x01', quote = '', escape = '', header = false, max_line_size = 20000000)",
        [str(texts)],
    )
    begun = time.perf_counter()
    ignore = IGNORE.replace("'", "''")
    connection.execute(
        f"PRAGMA create_fts_index('turns', 'id', 'text', stemmer = 'none', stopwords = 'none', ignore = '{ignore}')"
    )
    connection.execute("CHECKPOINT")
    return time.perf_counter() - begun


def ask(connection, words, is_all):
    begun = time.perf_counter()
    found = connection.execute(
        "SELECT id, score, count(*) OVER () FROM (SELECT id, fts_main_turns.match_bm25(id, ?, conjunctive := ?) AS score"
        " FROM turns) WHERE score IS NOT NULL ORDER BY score DESC LIMIT 10",
        [words, is_all],
    ).fetchall()
    return time.perf_counter() - begun, found[0][2] if found else 0


def main():
    folder = pathlib.Path(sys.argv[1])
    database = folder / "turns.duckdb"
    database.unlink(missing_ok=True)
    connection = duckdb.connect(str(database))
    connection.execute("SET threads = 2")
    load_extension(connection)
    seconds = fill(connection, folder / "turns.jsonl")
    count = connection.execute("SELECT count(*) FROM turns").fetchone()[0]
    print(f"DuckDB {duckdb.__version__}: {count} turns, filled in {seconds:.1f} s, {database.stat().st_size / 1e6:.1f} MB")
    lines = (folder / "queries.jsonl").read_text().splitlines()
    asked = [(kind, query, found) for kind, query, found in map(json.loads, lines) if kind in QUERIES]
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else len(asked)
    asked = asked[:limit]
    times, differ = {}, 0
    for number in range(ROUNDS):
        for kind, query, expected in asked:
            words = " ".join(re.findall(r'"([^"]+)"', query))
            taken, found = ask(connection, words, QUERIES[kind])
            if number == 0:
                differ += found != expected
                if found != expected:
                    print(f"{query}: {found} turns, recontact {expected}")
                continue
            times.setdefault(kind, []).append(taken)
            times.setdefault("all of these", []).append(taken)
    print(f"{len(asked)} queries, {differ} of which find another number of turns")
    for kind, taken in times.items():
        taken.sort()
        part = lambda share: taken[int((len(taken) - 1) * share)] * 1e3
        print(f"{kind}: median {part(0.5):.1f} ms, p95 {part(0.95):.1f} ms, longest {part(1):.1f} ms")


main()
