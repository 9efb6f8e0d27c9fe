"""End to end: from files to the counts of each category, and how many contacts of each state an earlier contact.

The counts are those of `fcr`. "Stated" are contacts in which a turn of the customer has one of the literal phrases
(`phrases`), in lower case: one of any language, or, what recontact does too, one of the declared language or English.
recontact runs twice: with its own rules, which find more, and with lexicons that hold the same literal phrases.
"""

import json
import re

import common
import fcr
import link
import phrases

TRANSCRIPTS = """
  select interaction_id, split_part(language, '-', 1) as language, lower(turn.text) as text
  from (
    select interaction_id, language, unnest(turns) as turn
    from read_json('{folder}/transcripts.jsonl', format = 'newline_delimited', maximum_object_size = 1000000,
      ignore_errors = true,
      columns = {{interaction_id: 'varchar', language: 'varchar', turns: 'struct(speaker varchar, text varchar)[]'}})
  ) where turn.speaker = 'customer'"""
# Patterns of so many alternatives RE2 still makes a fast automaton of; of one with all it does not.
ALTERNATIVES = 200

ANY = "contacts with a phrase of any language"
DECLARED = "contacts with a phrase of the declared language or English"
OWN = "contacts in which recontact finds a literal phrase"
RULES = "contacts in which the rules fire"


def stated(what, pairs):
    """Pairs of category and count as results; categories without any are left out."""
    return {what: {category or "": int(count) for category, count in pairs if count}}


def pattern(words):
    """A regular expression of literal alternatives."""
    return "|".join(map(re.escape, words))


def any_phrase():
    """The condition of DuckDB: one pattern with all phrases."""
    return f"regexp_matches(text, {quoted(pattern(phrases.everything()))})"


def declared_phrase():
    """The condition of DuckDB: small patterns with the phrases of the declared language, and English."""
    conditions = []
    for language, words in phrases.by_language().items():
        parts = [words[at : at + ALTERNATIVES] for at in range(0, len(words), ALTERNATIVES)]
        found = " or ".join(f"regexp_matches(text, {quoted(pattern(part))})" for part in parts)
        is_tried = f"coalesce(language, '{language}') = '{language}'"
        if language == "en":
            is_tried = "regexp_matches(text, '[a-z]')"
        conditions.append(f"({is_tried} and ({found}))")
    return " or ".join(conditions)


def quoted(text):
    """A string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def by_duckdb(what, condition):
    """A contender: one query in DuckDB, from the files."""

    def query(folder):
        import duckdb

        connection = duckdb.connect()
        connection.execute(f"set threads to {common.threads()}")
        log = f"{link.MICROSECONDS} ({link.DUCKDB_CSV.format(folder=folder)})"
        said = f"select distinct interaction_id from ({TRANSCRIPTS.format(folder=folder)}) where {condition()}"
        whole = f"""{fcr.CLASSED.format(log=log, once=fcr.EARLIEST)}, said as ({said})
            {fcr.COUNTED}, count(said.interaction_id) as stated_count
            from classed left join said using (interaction_id) group by category"""
        rows = connection.execute(whole).fetchall()
        return fcr.counts(row[:-1] for row in rows) | stated(what, ((row[0], row[-1]) for row in rows))

    return ["duckdb"], query


def by_polars(has_phrase):
    """A contender: polars, from the files. `has_phrase` makes the condition of the lower-case text."""

    def query(folder):
        import polars as pl

        turn = pl.Struct({"speaker": pl.String, "text": pl.String})
        transcript = pl.Struct({"interaction_id": pl.String, "turns": pl.List(turn)})
        # Its reader of JSON lines is slower and gives up at a damaged line.
        lines = pl.scan_lines(folder / "transcripts.jsonl", name="line").filter(pl.col("line").str.ends_with("}"))
        turns = lines.select(pl.col("line").str.json_decode(transcript)).unnest("line").explode("turns")
        turns = turns.unnest("turns").filter(pl.col("speaker") == "customer").collect()
        turns = turns.rechunk().lazy()  # otherwise it makes the automaton anew for each chunk
        said = turns.filter(has_phrase(pl.col("text").str.to_lowercase())).select("interaction_id").unique()
        classed = fcr.polars_classed(link.polars_csv(folder)).collect().lazy()
        heard = classed.join(said, on="interaction_id", how="semi").group_by("category").agg(pl.len())
        counted, heard = pl.collect_all([fcr.polars_counts(classed), heard])
        return fcr.counts(counted.rows()) | stated(ANY, heard.rows())

    return ["polars"], query


def contains_any(text):
    """Polars' Aho-Corasick automaton."""
    return text.str.contains_any(phrases.everything())


def contains(text):
    """Polars' regular expressions."""
    return text.str.contains(pattern(phrases.everything()))


def by_pandas(modules, searcher):
    """A contender: pandas, from the files. `searcher` makes a function that says whether a text has a phrase."""

    def query(folder):
        import pandas as pd

        has_phrase = searcher()
        transcripts = pd.DataFrame.from_records(read(folder / "transcripts.jsonl"))
        turns = transcripts.explode("turns").dropna(subset="turns")
        texts = turns["turns"].map(lambda turn: turn["text"].lower() if turn["speaker"] == "customer" else "")
        said = turns.loc[texts.map(has_phrase), "interaction_id"]
        classed = fcr.pandas_classed(link.pandas_csv(folder))
        heard = classed[classed["interaction_id"].isin(said)].groupby("category").size()
        return fcr.counts(fcr.pandas_counts(classed).itertuples(name=None)) | stated(ANY, heard.items())

    return ["pandas", *modules], query


def read(path):
    """The objects of a file of JSON lines that can be read."""
    objects = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                objects.append(json.loads(line))
            except json.JSONDecodeError:
                continue
    return objects


def search_re():
    """Python's own regular expressions."""
    search = re.compile(pattern(phrases.everything())).search
    return lambda text: search(text) is not None


def search_pyahocorasick():
    """pyahocorasick."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for phrase in phrases.everything():
        automaton.add_word(phrase, True)
    automaton.make_automaton()
    return lambda text: next(automaton.iter(text), None) is not None


FUNCTIONS = {
    "duckdb-any": by_duckdb(ANY, any_phrase),
    "duckdb-declared": by_duckdb(DECLARED, declared_phrase),
    "polars-contains-any": by_polars(contains_any),
    "polars-contains": by_polars(contains),
    "pandas-re": by_pandas([], search_re),
    "pandas-pyahocorasick": by_pandas(["ahocorasick"], search_pyahocorasick),
}


def analyze(binary, lexicon, what):
    """A contender: `recontact analyze` on the files."""

    def results(path):
        groups = json.loads(path.read_text())["categories"]
        said = stated(what, ((group["category"], group["stated_count"]) for group in groups))
        return link.results_of_report(path) | said

    def command(folder):
        files = [folder / "interactions.csv", folder / "transcripts.jsonl"]
        own = ["--lexicon", lexicon] if lexicon else []
        return [binary, "analyze", *files, *own, "--format", "json"], results

    return command


DUCKDB = "DuckDB, one pattern of all phrases"
PANDAS = "pandas and `re`"


def contenders(binary, lexicon):
    """Everybody, recontact first."""

    def other(key, name, **more):
        return common.Contender(name, script=("end_to_end.py", key), **more)

    return [
        common.Contender("recontact analyze, its rules", analyze(binary, None, RULES), is_reference=True),
        common.Contender("recontact analyze, literal phrases", analyze(binary, lexicon, OWN)),
        other("duckdb-any", DUCKDB, pilot=1_000),
        other("duckdb-declared", f"DuckDB, patterns of {ALTERNATIVES} phrases, of the declared language", pilot=1_000),
        other("polars-contains-any", "polars, `contains_any`", is_reference=True),
        other("polars-contains", "polars, `contains`, one pattern", pilot=1_000),
        other("pandas-pyahocorasick", "pandas and pyahocorasick", pilot=1_000),
        other("pandas-re", PANDAS, pilot=200),
    ]


def found(row):
    """In how many contacts, of those that it was given, it found that an earlier one is stated."""
    results = row.runs[-1].results
    stated = next(sum(results[what].values()) for what in (ANY, DECLARED, OWN, RULES) if what in results)
    return f"{stated:,} of {sum(counts[0] for counts in results[fcr.COUNTED_BY_CATEGORY].values()):,}"


if __name__ == "__main__":
    common.answer(FUNCTIONS)
