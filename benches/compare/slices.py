"""Cuts the first rows of the data, with their transcripts: `python slices.py DATA FOLDER ROWS`. Prints how
many rows there are and how many corrections it left out.

A process of its own, because the peak memory of processes that a large process starts would be measured wrongly.

A correction (a second row with the id and start of one before, and other content) is left out for everybody: which of
the two counts is decided by a hash of the content, which the others do not have. Exact duplicates stay.
"""

import csv
import io
import itertools
import pathlib
import sys


def cut(data, folder, size):
    """Writes both files into the folder, gives the rows written and the corrections left out."""
    seen, ids, written, corrections = {}, set(), 0, 0
    with (
        open(data / "interactions.csv", encoding="utf-8", newline="") as file,
        open(folder / "interactions.csv", "w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(file)
        names = next(rows)
        csv.writer(out, lineterminator="\n").writerow(names)
        id_at, start_at = names.index("interaction_id"), names.index("started_at")
        for row in itertools.islice(rows, size):
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow(row)
            ids.add(row[id_at])
            content = hash(line.getvalue())
            if row[id_at] and seen.setdefault((row[id_at], row[start_at]), content) != content:
                corrections += 1
                continue
            written += 1
            out.write(line.getvalue())
    with (
        open(data / "transcripts.jsonl", encoding="utf-8") as lines,
        open(folder / "transcripts.jsonl", "w", encoding="utf-8") as out,
    ):
        # Damaged lines are cut at their end, so the id is there.
        out.writelines(line for line in lines if line.split('"', 4)[3] in ids)
    return written, corrections


if __name__ == "__main__":
    print(*cut(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])))
