"""The counts of first-contact resolution as DuckDB, polars and pandas compute them. One definition, written thrice.

It is the default policy of DEFINITIONS.md: what begins within 7 days of the end of the customer's contact just before
about the same category is a repeat; a first contact needs 7 days of records before it, an eligible one 7 days after
its end. Of rows with one id the earliest counts. Contacts are in the order of (start, id). What is abandoned, a
voicemail or a test, what the company began, and what is of nobody known is no contact. A contact ends after its handle
time; a negative one is missing. The records reach from the earliest to the latest start of all rows.

Each function takes rows whose times have been read, with the columns of `COLUMNS`, and gives the contacts with their
classes (`classed`) or the counts of each category (`counts`).
"""

COLUMNS = ["interaction_id", "customer_id", "category", "status", "direction", "started_at", "handle_seconds"]
COUNTS = ["contact_count", "repeat_count", "left_edge_count", "first_count", "eligible_count", "resolved_count"]
COUNTED_BY_CATEGORY = "six counts of each category"
NO_STATUS = ["abandoned", "voicemail", "ignored"]
NO_DIRECTION = ["outbound", "internal", "callback"]
DAY = 86_400_000_000

# ---- DuckDB: `{log}` gives the rows, times in microseconds; `{once}` takes one row of each id from them.
EARLIEST = "select * from log qualify row_number() over (partition by interaction_id order by started_at) = 1"
CLASSED = f"""
with log as ({{log}}), span as (
  select min(started_at) as from_at, max(started_at) as to_at from log
), once as (
  {{once}}
), contact as (
  select interaction_id, customer_id, category, started_at,
         started_at + coalesce(cast(greatest(handle_seconds, 0) * 1000000 as bigint), 0) as ended_at
  from once
  where customer_id is not null and coalesce(status, '') not in {tuple(NO_STATUS)}
        and coalesce(direction, '') not in {tuple(NO_DIRECTION)}
), reached as (
  select interaction_id, category, started_at, ended_at,
         coalesce(started_at - lag(ended_at) over timeline <= {7 * DAY}, false) as is_repeat,
         coalesce(lead(started_at) over timeline - ended_at <= {7 * DAY}, false) as is_followed
  from contact
  window timeline as (partition by customer_id, category order by started_at, interaction_id)
), classed as (
  select interaction_id, category, is_repeat, is_followed,
         not is_repeat and started_at - {7 * DAY} >= from_at as is_first,
         ended_at + {7 * DAY} <= to_at as is_observed
  from reached cross join span
)"""
COUNTED = """
select category,
       count(*)                                                          as contact_count,
       count(*) filter (is_repeat)                                       as repeat_count,
       count(*) filter (not is_repeat and not is_first)                  as left_edge_count,
       count(*) filter (is_first)                                        as first_count,
       count(*) filter (is_first and is_observed)                        as eligible_count,
       count(*) filter (is_first and is_observed and not is_followed)    as resolved_count
"""


def sql(log, once=EARLIEST):
    """The whole query."""
    return CLASSED.format(log=log, once=once) + COUNTED + "from classed group by category"


# ---- polars, lazy.
def polars_classed(log):
    """A lazy frame of the contacts with their classes."""
    import polars as pl

    window = pl.duration(days=7)
    start, customer, category = pl.col("started_at"), pl.col("customer_id"), pl.col("category")
    span = log.select(from_at=start.min(), to_at=start.max())
    once = log.sort("started_at", maintain_order=True).unique("interaction_id", keep="first")
    is_out = pl.col("status").is_in(NO_STATUS).fill_null(False)
    is_out |= pl.col("direction").is_in(NO_DIRECTION).fill_null(False)
    contact = once.filter(customer.is_not_null() & ~is_out)
    length = pl.duration(microseconds=pl.col("handle_seconds").fill_null(0).clip(0) * 1_000_000)
    ordered = contact.with_columns(ended_at=start + length).sort(
        "customer_id", "category", "started_at", "interaction_id"
    )
    is_same = (customer == customer.shift(1)) & category.eq_missing(category.shift(1))
    is_repeat = (is_same & (start - pl.col("ended_at").shift(1) <= window)).fill_null(False)
    return (
        ordered.with_columns(is_repeat=is_repeat)
        .join(span, how="cross")
        .with_columns(
            is_followed=pl.col("is_repeat").shift(-1, fill_value=False),
            is_first=~pl.col("is_repeat") & (start - window >= pl.col("from_at")),
            is_observed=pl.col("ended_at") + window <= pl.col("to_at"),
        )
    )


def polars_counts(classed):
    """A lazy frame of the counts."""
    import polars as pl

    repeat, first = pl.col("is_repeat"), pl.col("is_first")
    eligible = first & pl.col("is_observed")
    return classed.group_by("category").agg(
        contact_count=pl.len(),
        repeat_count=repeat.sum(),
        left_edge_count=(~repeat & ~first).sum(),
        first_count=first.sum(),
        eligible_count=eligible.sum(),
        resolved_count=(eligible & ~pl.col("is_followed")).sum(),
    )


# ---- pandas.
def pandas_classed(log):
    """A frame of the contacts with their classes."""
    import pandas as pd

    window = pd.Timedelta(days=7)
    from_at, to_at = log["started_at"].min(), log["started_at"].max()
    once = log.sort_values("started_at", kind="stable").drop_duplicates("interaction_id")
    is_out = once["status"].isin(NO_STATUS) | once["direction"].isin(NO_DIRECTION)
    contact = once[once["customer_id"].notna() & ~is_out].fillna({"category": ""})
    contact = contact.sort_values(["customer_id", "category", "started_at", "interaction_id"])
    start, customer, category = contact["started_at"], contact["customer_id"], contact["category"]
    end = start + pd.to_timedelta(contact["handle_seconds"].fillna(0).clip(0), unit="s")
    is_same = (customer == customer.shift()) & (category == category.shift())
    is_repeat = is_same & (start - end.shift() <= window)
    return contact.assign(
        is_repeat=is_repeat,
        is_followed=is_repeat.shift(-1, fill_value=False),
        is_first=~is_repeat & (start - window >= from_at),
        is_observed=end + window <= to_at,
    )


def pandas_counts(classed):
    """A frame of the counts, by category."""
    import pandas as pd

    repeat, first = classed["is_repeat"], classed["is_first"]
    eligible = first & classed["is_observed"]
    columns = {
        "contact_count": True,
        "repeat_count": repeat,
        "left_edge_count": ~repeat & ~first,
        "first_count": first,
        "eligible_count": eligible,
        "resolved_count": eligible & ~classed["is_followed"],
    }
    return pd.DataFrame(columns, index=classed.index).groupby(classed["category"]).sum()


# ---- What is compared.
def counts(rows):
    """Rows of category and counts as results."""
    return {COUNTED_BY_CATEGORY: {row[0] or "": list(map(int, row[1:])) for row in rows}}
