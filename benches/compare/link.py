"""Link and measure: from records in each tool's own best form to the counts of each category (see `fcr`)."""

import json

import common
import fcr

# A row without an id or without a time that can be read is none.
DUCKDB_CSV = """
  select * replace (try_cast(started_at as timestamp) as started_at,
                    try_cast(handle_seconds as double) as handle_seconds)
  from read_csv('{folder}/interactions.csv', all_varchar = true)
  where interaction_id is not null and try_cast(started_at as timestamp) is not null"""
MICROSECONDS = "select * replace (epoch_us(started_at) as started_at) from "


def prepare(folder):
    """Parquet and a database of DuckDB with the rows of the CSV and all their columns, typed.

    `copy` is 1 in the row of each id that counts: what a store of recontact knows, too.
    """
    import duckdb

    database = duckdb.connect(f"{folder}/interactions.duckdb")
    number = "row_number() over (partition by interaction_id order by started_at) as copy"
    log = DUCKDB_CSV.format(folder=folder)
    database.execute(f"create or replace table interactions as select *, {number} from ({log})")
    database.execute(f"copy interactions to '{folder}/interactions.parquet' (format parquet)")
    return {}


def by_duckdb(log, once=fcr.EARLIEST, database=":memory:"):
    """A contender: the query in DuckDB."""

    def query(folder):
        import duckdb

        path = database.format(folder=folder)
        connection = duckdb.connect(path, read_only=path != ":memory:")
        connection.execute(f"set threads to {common.threads()}")
        return fcr.counts(connection.execute(fcr.sql(log.format(folder=folder), once)).fetchall())

    return ["duckdb"], query


def polars_csv(folder):
    """The rows of the CSV for polars."""
    import polars as pl

    log = pl.scan_csv(folder / "interactions.csv", infer_schema=False).select(fcr.COLUMNS)
    started_at = pl.col("started_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False)
    log = log.with_columns(started_at, pl.col("handle_seconds").cast(pl.Float64, strict=False))
    return log.filter(pl.col("interaction_id").is_not_null() & pl.col("started_at").is_not_null())


def polars_parquet(folder):
    """The rows of the Parquet file for polars."""
    import polars as pl

    return pl.scan_parquet(folder / "interactions.parquet").select(fcr.COLUMNS)


def by_polars(scan):
    """A contender: polars' lazy engine."""

    def query(folder):
        return fcr.counts(fcr.polars_counts(fcr.polars_classed(scan(folder))).collect().rows())

    return ["polars"], query


def pandas_csv(folder):
    """The rows of the CSV for pandas."""
    import pandas as pd

    path = folder / "interactions.csv"
    log = pd.read_csv(path, usecols=fcr.COLUMNS, dtype=str, keep_default_na=False, na_values=[""])
    log["started_at"] = pd.to_datetime(log["started_at"], format="%Y-%m-%dT%H:%M:%SZ", errors="coerce")
    log["handle_seconds"] = pd.to_numeric(log["handle_seconds"], errors="coerce")
    return log[log["interaction_id"].notna() & log["started_at"].notna()]


def pandas_parquet(folder):
    """The rows of the Parquet file for pandas."""
    import pandas as pd

    return pd.read_parquet(folder / "interactions.parquet", columns=fcr.COLUMNS)


def by_pandas(read):
    """A contender: pandas."""

    def query(folder):
        return fcr.counts(fcr.pandas_counts(fcr.pandas_classed(read(folder))).itertuples(name=None))

    return ["pandas", "pyarrow"], query


FUNCTIONS = {
    "prepare": (["duckdb"], prepare),
    "duckdb-parquet": by_duckdb(MICROSECONDS + "'{folder}/interactions.parquet'"),
    "duckdb-known": by_duckdb(MICROSECONDS + "'{folder}/interactions.parquet'", "select * from log where copy = 1"),
    "duckdb-table": by_duckdb(MICROSECONDS + "interactions", database="{folder}/interactions.duckdb"),
    "duckdb-csv": by_duckdb(f"{MICROSECONDS} ({DUCKDB_CSV})"),
    "polars-parquet": by_polars(polars_parquet),
    "polars-csv": by_polars(polars_csv),
    "pandas-parquet": by_pandas(pandas_parquet),
    "pandas-csv": by_pandas(pandas_csv),
}


def counts(binary):
    """A contender: linking and measuring through the library, from a store."""

    def command(folder):
        return [binary, folder / "store"], results_of_report

    return command


def report(binary, store):
    """A contender: `recontact report` on a store."""

    def command(folder):
        return [binary, "report", "--store", folder / store, "--format", "json"], results_of_report

    return command


def results_of_report(path):
    """The counts in a report as JSON."""
    groups = json.loads(path.read_text())["categories"]
    rows = ([group["category"], *(group[name] for name in fcr.COUNTS)] for group in groups)
    return fcr.counts(row for row in rows if row[1])


PARQUET = "DuckDB from Parquet"
KNOWN = "DuckDB from Parquet, duplicates known"


COUNTS = "recontact, link and measure alone"


def contenders(binary, library):
    """Everybody, recontact first."""
    others = {
        "duckdb-parquet": PARQUET,
        "duckdb-known": KNOWN,
        "duckdb-table": "DuckDB from its own database",
        "duckdb-csv": "DuckDB from CSV",
        "polars-parquet": "polars, lazy, from Parquet",
        "polars-csv": "polars, lazy, from CSV",
        "pandas-parquet": "pandas from Parquet",
        "pandas-csv": "pandas from CSV",
    }
    return [
        common.Contender(COUNTS, counts(library)),
        common.Contender("recontact report", report(binary, "store")),
        common.Contender("recontact report, with what transcripts say", report(binary, "full")),
        *(common.Contender(name, script=("link.py", key)) for key, name in others.items()),
    ]


def computes(row):
    """What a contender gives for its time."""
    return "the whole report" if row.contender.name.startswith("recontact report") else "these counts"


if __name__ == "__main__":
    common.answer(FUNCTIONS)
