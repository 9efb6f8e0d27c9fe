//! First-contact resolution by other denominators. The same contacts give very different rates, depending on
//! whether it is contacts, episodes or customers that are counted; published figures seldom say which.
//!
//! Contact rate = contacts that are alone in their episode ÷ contacts; non-repeat rate = 1 − repeats ÷ contacts;
//! episode rate = episodes of one contact ÷ episodes; customer rate = customers without a repeat ÷ customers;
//! contacts an episode = contacts of the episodes ÷ episodes. An episode of many contacts weighs on the contact
//! rate with each of them, on the episode rate but once.
//!
//! Vocalabs' example has 1000 customers, of whom 900 are done with one call and 100 call 5 times: by contact
//! 900 ÷ 1400 = 64 %, by customer 900 ÷ 1000 = 90 %.
//!
//! All contacts and all episodes are counted, also those at the edges of the data, whose earlier or later
//! contacts are not known: these rates are not less the pending ones, as the FCR rate is.

use serde::Serialize;

use super::Grouping;
use super::scores::ratio;

/// A contact, in chain order: those of a customer together, within them those of an episode together and by
/// time. Groups are those of the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whether it is the first of its customer in chain order.
    pub starts_customer: bool,
    /// Whether it begins an episode; otherwise it is a repeat.
    pub starts_episode: bool,
}

/// Rates of a group by several denominators. A contact counts in its own group, an episode in that of its first
/// contact, a customer in each group in which they have a contact. Rates are 0 to 1 and `None` where nothing is
/// counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Denominators {
    /// Contacts.
    pub contact_count: u64,
    /// Contacts that are alone in their episode.
    pub alone_count: u64,
    /// Alone ÷ contacts.
    pub contact_rate: Option<f64>,
    /// Contacts that follow another of their episode.
    pub repeat_count: u64,
    /// 1 − repeats ÷ contacts.
    pub non_repeat_rate: Option<f64>,
    /// Episodes whose first contact is in the group.
    pub episode_count: u64,
    /// Episodes of one contact.
    pub single_episode_count: u64,
    /// Episodes of one contact ÷ episodes.
    pub episode_rate: Option<f64>,
    /// Contacts of these episodes, in whatever group each of them counts.
    pub episode_contact_count: u64,
    /// Contacts of these episodes ÷ episodes; 1 or more.
    pub contacts_per_episode: Option<f64>,
    /// Distinct customers with a contact in the group.
    pub customer_count: u64,
    /// Of these, customers without a repeat in the group.
    pub customer_without_repeat_count: u64,
    /// Customers without a repeat ÷ customers.
    pub customer_rate: Option<f64>,
}

/// The rates of each group.
///
/// # Panics
/// When the first contact does not start an episode, or one that starts a customer does not.
pub fn denominators(chain: &[Place], grouping: Grouping<'_>) -> Vec<Denominators> {
    let mut tallies = vec![Tally::default(); grouping.group_count()];
    Tally::count_all(&mut tallies, chain, grouping, 0);
    tallies.into_iter().map(Tally::finish).collect()
}

/// Exact counts of one group.
#[derive(Clone, Default)]
pub(super) struct Tally {
    counts: Denominators,
    customers_repeating: u64,
    /// Which customer was counted last, so that none is counted twice; customers are numbered from 1.
    last_customer: u64,
    last_repeating: u64,
}

impl Tally {
    /// Counts the contacts of some customers, each in the tally of its group. `customers_before` is no less than how many
    /// were counted before.
    pub(super) fn count_all(
        tallies: &mut [Tally],
        chain: &[Place],
        grouping: Grouping<'_>,
        customers_before: usize,
    ) {
        assert!(
            chain.first().is_none_or(|it| it.starts_customer),
            "the first contact is its customer's first"
        );
        assert!(
            chain.iter().all(|it| it.starts_episode || !it.starts_customer),
            "a customer begins an episode"
        );
        let (mut customer, mut at) = (customers_before as u64, 0);
        for episode in chain.chunk_by(|_, next| !next.starts_episode) {
            customer += u64::from(episode[0].starts_customer);
            tallies[grouping.group_of(at)].count_episode(episode.len() as u64);
            for contact in episode {
                tallies[grouping.group_of(at)].count_contact(customer, contact.starts_episode);
                at += 1;
            }
        }
    }

    /// Adds the counts of another tally, of other customers.
    pub(super) fn add(&mut self, other: &Tally) {
        let (sum, more) = (&mut self.counts, &other.counts);
        sum.contact_count += more.contact_count;
        sum.alone_count += more.alone_count;
        sum.repeat_count += more.repeat_count;
        sum.episode_count += more.episode_count;
        sum.single_episode_count += more.single_episode_count;
        sum.episode_contact_count += more.episode_contact_count;
        sum.customer_count += more.customer_count;
        self.customers_repeating += other.customers_repeating;
    }

    /// Distinct customers, and those of them with a repeat.
    pub(super) fn customers(&self) -> (u64, u64) {
        (self.counts.customer_count, self.customers_repeating)
    }

    fn count_episode(&mut self, contact_count: u64) {
        self.counts.episode_count += 1;
        self.counts.episode_contact_count += contact_count;
        if contact_count == 1 {
            self.counts.single_episode_count += 1;
            self.counts.alone_count += 1;
        }
    }

    fn count_contact(&mut self, customer: u64, is_first: bool) {
        self.counts.contact_count += 1;
        self.counts.customer_count += u64::from(self.last_customer != customer);
        self.last_customer = customer;
        if !is_first {
            self.counts.repeat_count += 1;
            self.customers_repeating += u64::from(self.last_repeating != customer);
            self.last_repeating = customer;
        }
    }

    /// The counts with the rates made of them.
    pub(super) fn finish(self) -> Denominators {
        let counts = self.counts;
        let without = counts.customer_count - self.customers_repeating;
        Denominators {
            contact_rate: ratio(counts.alone_count, counts.contact_count),
            non_repeat_rate: ratio(counts.contact_count - counts.repeat_count, counts.contact_count),
            episode_rate: ratio(counts.single_episode_count, counts.episode_count),
            contacts_per_episode: ratio(counts.episode_contact_count, counts.episode_count),
            customer_without_repeat_count: without,
            customer_rate: ratio(without, counts.customer_count),
            ..counts
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Customers, each with episodes, each with the groups of its contacts.
    type Customers = Vec<Vec<Vec<u32>>>;

    fn found(customers: &Customers, count: usize) -> Vec<Denominators> {
        let (mut chain, mut codes) = (Vec::new(), Vec::new());
        for episodes in customers {
            for (episode, groups) in episodes.iter().enumerate() {
                for (contact, group) in groups.iter().enumerate() {
                    let starts_episode = contact == 0;
                    let starts_customer = starts_episode && episode == 0;
                    chain.push(Place { starts_customer, starts_episode });
                    codes.push(*group);
                }
            }
        }
        denominators(&chain, Grouping { codes: &codes, count })
    }

    /// 900 · 1 + 100 · 5 = 1400 calls: 900 ÷ 1400 = 0.642857 by contact, 900 ÷ 1000 by customer and by episode,
    /// 1400 ÷ 1000 calls an episode. That 400 of 1400 are repeats gives another rate yet, 1 − 0.285714 =
    /// 0.714286.
    #[test]
    fn the_rates_are_those_that_vocalabs_published() {
        let mut customers = vec![vec![vec![0]]; 900];
        customers.extend(vec![vec![vec![0; 5]]; 100]);
        let found = found(&customers, 1).remove(0);
        assert_eq!((found.alone_count, found.contact_count, found.repeat_count), (900, 1400, 400));
        assert_eq!((found.customer_without_repeat_count, found.customer_count), (900, 1000));
        assert!((found.contact_rate.unwrap() - 0.642_857).abs() < 1e-6);
        assert!((found.non_repeat_rate.unwrap() - 0.714_286).abs() < 1e-6);
        assert_eq!(found.customer_rate, Some(0.9));
        assert_eq!(found.episode_rate, Some(0.9));
        assert_eq!(found.contacts_per_episode, Some(1.4));
    }

    /// One customer: an episode of contacts in groups 0, 1, 1, and one of a contact in group 1. Group 0 has the
    /// first episode with its three contacts, one of them its own, and a customer without a repeat there. Group 1
    /// has three contacts, two of them repeats of one customer, and the second episode, which is alone.
    #[test]
    fn an_episode_counts_where_it_begins_and_a_contact_where_it_is() {
        let found = found(&vec![vec![vec![0, 1, 1], vec![1]]], 2);
        let [zero, one] = &found[..] else { panic!("two groups") };
        assert_eq!((zero.contact_count, zero.alone_count, zero.repeat_count), (1, 0, 0));
        assert_eq!((zero.episode_count, zero.episode_contact_count, zero.single_episode_count), (1, 3, 0));
        assert_eq!((zero.contacts_per_episode, zero.customer_rate), (Some(3.0), Some(1.0)));
        assert_eq!((one.contact_count, one.alone_count, one.repeat_count), (3, 1, 2));
        assert_eq!((one.episode_count, one.episode_contact_count, one.single_episode_count), (1, 1, 1));
        assert_eq!((one.contacts_per_episode, one.customer_rate), (Some(1.0), Some(0.0)));
        assert_eq!((one.customer_count, one.customer_without_repeat_count), (1, 0));
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        assert_eq!(found(&Vec::new(), 1), [Denominators::default()]);
    }

    fn any_customers() -> impl Strategy<Value = Customers> {
        let episode = prop::collection::vec(0..3u32, 1..5);
        prop::collection::vec(prop::collection::vec(episode, 1..4), 0..12)
    }

    /// Each number from its definition.
    fn naive(customers: &Customers, group: u32) -> Denominators {
        let episodes: Vec<(usize, &Vec<u32>)> =
            customers.iter().enumerate().flat_map(|(at, all)| all.iter().map(move |it| (at, it))).collect();
        let contacts: Vec<(usize, usize, &Vec<u32>)> = episodes
            .iter()
            .flat_map(|(customer, episode)| (0..episode.len()).map(move |at| (*customer, at, *episode)))
            .filter(|(_, at, episode)| episode[*at] == group)
            .collect();
        let own: Vec<&Vec<u32>> = episodes.iter().map(|it| it.1).filter(|it| it[0] == group).collect();
        let all: BTreeSet<usize> = contacts.iter().map(|it| it.0).collect();
        let repeating: BTreeSet<usize> = contacts.iter().filter(|it| it.1 > 0).map(|it| it.0).collect();
        let share = |count: usize, total: usize| (total > 0).then(|| count as f64 / total as f64);
        let alone = contacts.iter().filter(|it| it.2.len() == 1).count();
        let repeats = contacts.iter().filter(|it| it.1 > 0).count();
        let single = own.iter().filter(|it| it.len() == 1).count();
        let of_episodes: usize = own.iter().map(|it| it.len()).sum();
        let without = all.difference(&repeating).count();
        Denominators {
            contact_count: contacts.len() as u64,
            alone_count: alone as u64,
            contact_rate: share(alone, contacts.len()),
            repeat_count: repeats as u64,
            non_repeat_rate: share(contacts.len() - repeats, contacts.len()),
            episode_count: own.len() as u64,
            single_episode_count: single as u64,
            episode_rate: share(single, own.len()),
            episode_contact_count: of_episodes as u64,
            contacts_per_episode: share(of_episodes, own.len()),
            customer_count: all.len() as u64,
            customer_without_repeat_count: without as u64,
            customer_rate: share(without, all.len()),
        }
    }

    proptest! {
        #[test]
        fn the_rates_equal_their_naive_twin(customers in any_customers()) {
            for (group, found) in (0..).zip(found(&customers, 3)) {
                prop_assert_eq!(found, naive(&customers, group));
            }
        }

        #[test]
        fn the_order_of_customers_and_of_their_episodes_does_not_matter(customers in any_customers().prop_shuffle()) {
            let mut sorted = customers.clone();
            for episodes in &mut sorted {
                episodes.sort();
            }
            sorted.sort();
            prop_assert_eq!(found(&customers, 3), found(&sorted, 3));
        }

        /// Whoever has no repeat has only episodes of one contact; long episodes weigh more by contact.
        #[test]
        fn in_one_group_the_contact_rate_is_the_least(customers in any_customers()) {
            let customers: Customers =
                customers.iter().map(|all| all.iter().map(|it| vec![0; it.len()]).collect()).collect();
            let found = found(&customers, 1).remove(0);
            prop_assert!(found.contact_rate <= found.episode_rate);
            prop_assert!(found.contact_rate <= found.non_repeat_rate);
            prop_assert_eq!(found.episode_count, found.contact_count - found.repeat_count);
            prop_assert_eq!(found.episode_contact_count, found.contact_count);
        }
    }
}
