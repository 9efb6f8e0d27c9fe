//! Whose words a transcript has that does not name its interaction: the customer's who began one about then.
//!
//! Takes the transcripts of a batch and the interactions of a store, gives the batch with the ids of the interactions that
//! they belong to. An id that the store knows counts first; then customer and time. Nothing is guessed: where several
//! interactions are near enough, the transcript is refused and they are named.

use std::collections::{HashMap, HashSet};

use crate::Result;
use crate::identity;
use crate::ingest::Batch;
use crate::interaction::{Interaction, Micros, Reject};
use crate::store::{KeySet, Store, Want, key};

/// The keys by which customers are the same, in the order in which they are tried.
const IDENTITIES: usize = 3;

/// Gives transcripts to the interactions of a store.
pub(super) struct Joiner<'a> {
    store: &'a Store,
    /// Read with the first transcript that is new: most runs have none.
    known: Option<Known>,
    /// Rows that have words of this run.
    taken: HashSet<u32>,
}

/// The interactions of a store by customer and time.
struct Known {
    ids: KeySet,
    /// Per identity: key, start and row of each interaction that counts, sorted.
    starts: [Vec<(u64, Micros, u32)>; IDENTITIES],
}

impl Known {
    fn read(store: &Store) -> Result<Known> {
        let columns = store.columns(Want {
            interaction_key: true,
            customer: true,
            phone: true,
            email: true,
            started: true,
            duplicate: true,
            ..Want::default()
        })?;
        let counts = |row: &usize| !columns.is_duplicate[*row];
        let ids = (0..columns.interaction_key.len()).filter(counts).map(|row| columns.interaction_key[row]);
        let ids = ids.collect();
        let starts = [&columns.customer_key, &columns.phone_key, &columns.email_key].map(|keys| {
            let rows = (0..keys.len()).filter(|row| counts(row) && keys[*row] != 0);
            let mut starts: Vec<(u64, Micros, u32)> =
                rows.map(|row| (keys[row], columns.started_at[row], row as u32)).collect();
            starts.sort_unstable();
            starts
        });
        Ok(Known { ids, starts })
    }
}

impl<'a> Joiner<'a> {
    /// Of a store, of which nothing is read yet.
    pub(super) fn new(store: &'a Store) -> Joiner<'a> {
        Joiner { store, known: None, taken: HashSet::new() }
    }

    /// Gives the transcripts of a batch to their interactions. Those for which there is none, or several, are rejects.
    ///
    /// # Errors
    /// A part of the store that cannot be read.
    pub(super) fn join(&mut self, batch: Batch, file: &str, of: Rule) -> Result<Batch> {
        let own: HashMap<String, Interaction> =
            batch.interactions.into_iter().map(|it| (it.interaction_id.clone(), it)).collect();
        let mut joined = Batch { interactions: Vec::new(), transcripts: Vec::new(), ..batch };
        let known = match self.known.take() {
            Some(known) => known,
            None => Known::read(self.store)?,
        };
        for mut transcript in batch.transcripts {
            let found = match own.get(&transcript.interaction_id) {
                Some(own) if !known.ids.contains(&key(&own.interaction_id)) => self.found(own, of, &known)?,
                // Its id is known, or nothing else is known of it.
                _ => Ok(transcript.interaction_id.clone()),
            };
            match found {
                Ok(id) => {
                    transcript.interaction_id = id;
                    joined.transcripts.push(transcript);
                }
                Err(reason) => joined.rejects.push(Reject {
                    file: file.to_string(),
                    line: 1,
                    column: None,
                    reason,
                    raw: transcript.interaction_id,
                }),
            }
        }
        self.known = Some(known);
        Ok(joined)
    }

    /// The id of the only interaction of the same customer that began about then, or why there is none.
    fn found(
        &mut self,
        own: &Interaction,
        of: Rule,
        known: &Known,
    ) -> Result<std::result::Result<String, String>> {
        let Some((at, key)) = identities(own, of).into_iter().enumerate().find(|(_, key)| *key != 0) else {
            return Ok(Err("no interaction to join: nothing says whose words these are".to_string()));
        };
        let reach = of.within;
        let starts = &known.starts[at];
        let first = starts.partition_point(|(k, start, _)| (*k, *start) < (key, own.started_at - reach));
        let near = starts[first..]
            .iter()
            .take_while(|(k, start, _)| *k == key && *start <= own.started_at + reach)
            .map(|(.., row)| *row);
        let rows: Vec<u32> = near.collect();
        let ids = self.store.texts("interaction_id", &rows)?;
        let ids: Vec<String> = ids.into_iter().map(Option::unwrap_or_default).collect();
        Ok(match (&rows[..], &ids[..]) {
            ([], _) => Err("no interaction to join: the customer began none about then".to_string()),
            ([row], [id]) if self.taken.insert(*row) => Ok(id.clone()),
            ([_], [id]) => Err(format!("ambiguous join: {id} has the words of another transcript")),
            _ => Err(format!("ambiguous join: the customer began {} about then", listed(&ids))),
        })
    }
}

/// How the transcripts of a source are joined.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// How far their starts may be from those of their interactions, in microseconds.
    pub(super) within: Micros,
    /// Whose telephone numbers those without a calling code are.
    pub(super) region: Option<identity::Region>,
}

/// The keys of a customer as the store has them; 0 = not known.
fn identities(own: &Interaction, of: Rule) -> [u64; IDENTITIES] {
    let key_of = |text: Option<String>| text.as_deref().map_or(0, key);
    [
        key_of(own.customer_id.clone()),
        key_of(own.phone.as_deref().and_then(|text| identity::phone(text, of.region))),
        key_of(own.email.as_deref().and_then(identity::email)),
    ]
}

/// The first few ids of a list.
fn listed(ids: &[String]) -> String {
    const MOST: usize = 5;
    let shown = ids.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > MOST { format!("{shown} and {} more", ids.len() - MOST) } else { shown }
}
