"""Detection alone: which texts have a phrase. On one thread, from texts in memory, or of programs from a file.

The others search for literal phrases (`phrases`) in texts that are in lower case already; what they build of the
phrases they build before the clock runs, but for polars, which cannot. recontact reads JSON lines, finds
what its rules find (or the same literal phrases in texts of their language) with offsets in the raw text, and writes
JSON lines; taken off is the time of the same process on one text of each language.
"""

import re
import statistics
import zlib

import common
import end_to_end
import phrases

LITERAL = "texts with a literal phrase"
SPACED = "texts with a literal phrase between word boundaries"
RULES = "texts in which the rules fire"
DECLARED = "texts in which recontact finds a literal phrase"


# ---- Contenders of Python: each prepares, and gives what is to be timed.
def texts_of(path):
    """The lines of a file."""
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def flags(found):
    """Whether a phrase is in each text, as results."""
    found = bytes(map(bool, found))
    return {LITERAL: sum(found), "which texts have a literal phrase": zlib.crc32(found)}


def in_python(build):
    """A loop of Python that asks about each text."""

    def prepare(folder):
        has_phrase = build()
        texts = texts_of(folder / "lower.txt")
        return lambda: flags([has_phrase(text) for text in texts])

    return prepare


def search_hyperscan():
    """Hyperscan, a pattern each phrase."""
    import hyperscan

    words = phrases.everything()
    database = hyperscan.Database()
    flag = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_UTF8
    expressions = [re.escape(word).encode() for word in words]
    database.compile(expressions=expressions, ids=list(range(len(words))), flags=[flag] * len(words))

    def has_phrase(text):
        hits = []
        database.scan(text.encode(), match_event_handler=lambda *hit: hits.append(hit))
        return hits

    return has_phrase


def flashtext(folder):
    """FlashText, on the texts that it can search."""
    import flashtext

    processor = flashtext.KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_list(phrases.everything())
    texts = texts_of(folder / "spaced.txt")
    return lambda: {SPACED: sum(bool(processor.extract_keywords(text)) for text in texts)}


def duckdb(folder):
    """DuckDB: one pattern with all phrases, on a table in memory."""
    import duckdb
    import pandas

    connection = duckdb.connect()
    connection.execute("set threads to 1")
    connection.register("lines", pandas.DataFrame({"text": texts_of(folder / "lower.txt")}))
    connection.execute("create table texts as select text from lines")
    query = f"select {end_to_end.any_phrase()} from texts"
    return lambda: flags(row[0] for row in connection.execute(query).fetchall())


def polars(folder):
    """Polars: its Aho-Corasick automaton."""
    import polars

    texts = polars.Series(texts_of(folder / "lower.txt"))
    words = phrases.everything()
    return lambda: flags(texts.str.contains_any(words))


FUNCTIONS = {
    "pyahocorasick": (["ahocorasick"], in_python(end_to_end.search_pyahocorasick)),
    "hyperscan": (["hyperscan"], in_python(search_hyperscan)),
    "re": ([], in_python(end_to_end.search_re)),
    "flashtext": (["flashtext"], flashtext),
    "duckdb": (["duckdb", "pandas"], duckdb),
    "polars": (["polars"], polars),
}


# ---- Programs.
def recontact(binary, lexicon, what, file="texts.jsonl"):
    """`recontact detect`."""

    def results(output):
        with open(output, "rb") as lines:
            return {f"{what}, {file}": sum(b'"kind":"repeat"' in line for line in lines)}

    own = ["--lexicon", lexicon] if lexicon else []
    return lambda folder: ([binary, "detect", folder / file, *own], results)


def ripgrep(folder):
    """`rg`, which counts lines."""
    command = ["rg", "--threads", "1", "--count", "--fixed-strings", "--file", folder / "phrases.txt"]
    return [*command, folder / "lower.txt"], lambda output: {LITERAL: int(output.read_text() or 0)}


def contenders(binary, lexicon, count):
    """Everybody, recontact first; then recontact's starts."""

    def other(key, name, **more):
        return common.Contender(name, script=("detect.py", key), **more)

    pilot = max(100, count // 100)
    return [
        common.Contender("recontact, its rules", recontact(binary, None, RULES)),
        common.Contender("recontact, literal phrases", recontact(binary, lexicon, DECLARED)),
        other("pyahocorasick", "pyahocorasick", is_reference=True),
        other("hyperscan", "Hyperscan, from Python"),
        common.Contender("ripgrep `-F -f`, whole process", ripgrep),
        other("polars", "polars `contains_any`"),
        other("flashtext", "FlashText, languages with spaces"),
        other("duckdb", "DuckDB `regexp_matches`", pilot=pilot),
        other("re", "Python `re`", pilot=pilot),
        common.Contender("recontact's start, its rules", recontact(binary, None, RULES, "first.jsonl")),
        common.Contender("recontact's start, literal phrases", recontact(binary, lexicon, DECLARED, "first.jsonl")),
    ]


def table(rows, folder_of):
    """A Markdown table with speeds, for texts that not everybody got all of."""
    starts = [row.seconds() for row in rows[-2:]]
    heads = ["what", "MB/s", "texts/s", "times the first", "texts found", "peak memory", "runs"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    own = None
    for at, row in enumerate(rows[:-2]):
        file = folder_of(row.size) / ("spaced.txt" if "FlashText" in row.contender.name else "lower.txt")
        content = file.read_bytes()
        start = starts[at] if at < len(starts) else row.start
        taken = statistics.median(run.seconds for run in row.runs) - start
        speed, texts = len(content) / 1e6 / taken, content.count(b"\n")
        own = own or speed
        found = next(value for what, value in row.runs[-1].results.items() if what.startswith("texts"))
        cells = [
            row.contender.name,
            f"{speed:.3g}",
            f"{texts / taken:,.0f}",
            common.number(own / speed),
            f"{found:,} of {texts:,}",
            f"{row.memory() / 1e6:,.0f} MB",
            str(len(row.runs)),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    words = "Taken off for recontact's start: {:.2f} s with its rules, {:.2f} s with literal phrases."
    return "\n".join(lines) + "\n\n" + words.format(*starts)


if __name__ == "__main__":
    common.answer(FUNCTIONS, is_prepared=True)
