"""Checks, turn by turn, that recontact with lexicons of the literal phrases finds what DuckDB finds with the same ones.

`python literals.py BINARY LEXICON FOLDER` prints a sentence, or ends with exit code 1. recontact may find more: it
steps over filler words ("um") and takes some typing errors for what was meant. Turns without a declared language are
left out: there recontact decides which languages they can be in, DuckDB looks for the phrases of all.
"""

import json
import pathlib
import subprocess
import sys

import duckdb
import end_to_end


def main(binary, lexicon, folder):
    turns = f"({end_to_end.TRANSCRIPTS.format(folder=folder)}) where language is not null"
    query = f"select row_number() over (), language, text, {end_to_end.declared_phrase()} from {turns}"
    rows = duckdb.connect().execute(query).fetchall()
    lines = folder / "turns.jsonl"
    with open(lines, "w", encoding="utf-8") as out:
        for number, language, text, _ in rows:
            out.write(json.dumps({"id": number, "text": text, "lang": language}) + "\n")
    command = [binary, "detect", "--lexicon", lexicon, lines]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    others = {row[0] for row in rows if row[3]}
    own = {found["id"] for found in map(json.loads, output.splitlines()) if found["cues"]}
    missed = [row for row in rows if row[0] in others - own]
    if missed:
        sys.exit(f"of {len(others)} turns that DuckDB finds recontact misses {len(missed)}, such as {missed[0]}")
    print(
        f"- Turn by turn: recontact with the literal phrases finds all {len(others):,} of {len(rows):,} turns in which "
        f"DuckDB finds one of the declared language, and {len(own - others):,} more."
    )


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
