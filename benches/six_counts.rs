//! Links and measures a store through the library and prints six counts of each category: what SQL computes beside
//! recontact in `benches/compare`, without the rest of a report.
//!
//!     cargo run --release --example six-counts -- STORE

use recontact::link::{Input, link_by_ranks};
use recontact::measure::{Dimension, group, score_classes};
use recontact::policy::Policy;
use recontact::store::{Store, Want};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let Some(dir) = std::env::args().nth(1) else { anyhow::bail!("usage: six-counts STORE") };
    let store = Store::open(dir.as_ref())?;
    let columns = store.columns(Want {
        customer: true,
        category: true,
        started: true,
        ended: true,
        status: true,
        direction: true,
        duplicate: true,
        ..Want::default()
    })?;
    let input = Input {
        customer_key: &columns.customer_key,
        category: &columns.category,
        category_names: &columns.category_names,
        started_at: &columns.started_at,
        ended_at: &columns.ended_at,
        status: &columns.status,
        direction: &columns.direction,
        is_duplicate: &columns.is_duplicate,
        ..Input::default()
    };
    let ids = |rows: &[u32]| -> recontact::Result<Vec<usize>> {
        let ids = store.texts("interaction_id", rows)?;
        let mut sorted: Vec<&Option<String>> = ids.iter().collect();
        sorted.sort_unstable();
        Ok(ids.iter().map(|id| sorted.partition_point(|it| *it < id)).collect())
    };
    let links = link_by_ranks(&input, &Policy::two_window(), ids)?;
    let (codes, names) = (&columns.category, &columns.category_names);
    let groups = group(&[Dimension { name: "category", codes, names }]);
    let scores = score_classes(&links, &groups.codes, groups.keys.len());
    let categories = groups.keys.iter().zip(scores).map(|(key, scores)| {
        serde_json::json!({
            "category": key[0],
            "contact_count": scores.contact_count,
            "repeat_count": scores.repeat_count,
            "left_edge_count": scores.left_edge_count,
            "first_count": scores.first_count,
            "eligible_count": scores.eligible_count,
            "resolved_count": scores.resolved_count,
        })
    });
    println!("{}", serde_json::json!({ "categories": categories.collect::<Vec<_>>() }));
    Ok(())
}
