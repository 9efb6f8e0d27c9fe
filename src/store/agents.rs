//! How agents are named by a store that somebody is shown: not at all, or by pseudonyms.
//!
//! It gives a [`Store`] of the same commit whose readers meet other names, or none, wherever an agent's stands, so that
//! nothing that is made of it can tell one. A pseudonym is the beginning of a keyed hash of the id (HMAC with SHA-256,
//! RFC 2104), so that it is the same in every report, and nobody finds the id by hashing a list of them: the key, a random
//! salt, stays in the store's folder. Names are in the order of the hash, which says nothing of the ids'.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::reader::Store;
use super::records::coded;
use crate::error::{Error, Result};

/// The field that is covered.
const FIELD: &str = "agent_id";
/// The file with the store's own salt, in hexadecimal.
const SALT_FILE: &str = "agent-salt";
const SALT_BYTES: usize = 32;
/// Letters of a pseudonym; more where two agents would have the same.
const LETTERS: usize = 4;

/// Other names for the agents of a store.
#[derive(Debug)]
pub(super) struct AgentNames {
    /// By the code in the store: the code of the name that is shown.
    codes: Vec<u32>,
    /// By that code; `[0]` is empty.
    names: Vec<String>,
}

impl Store {
    /// The same commit without a word on who handled what.
    pub fn with_hidden_agents(&self) -> Store {
        let count = self.stored_agents().len();
        self.with_names(AgentNames { codes: vec![0; count], names: vec![String::new()] })
    }

    /// The same commit with pseudonyms for agents, made with a salt; none: the store's own, which is made when it is first
    /// asked for.
    ///
    /// Errors: the store has no salt and its folder cannot be written to; the salt is damaged.
    pub fn with_pseudonyms(&self, salt: Option<&str>) -> Result<Store> {
        let salt = salt.map_or_else(|| own_salt(self.dir()), |salt| Ok(salt.to_string()))?;
        Ok(self.with_names(pseudonyms(self.stored_agents(), salt.as_bytes())))
    }

    /// The same commit with agents as the sources name them.
    pub fn with_named_agents(&self) -> Store {
        Store { agents: None, ..self.clone() }
    }

    fn with_names(&self, names: AgentNames) -> Store {
        Store { agents: Some(Arc::new(names)), ..self.clone() }
    }

    /// The agents as the sources name them, by code.
    fn stored_agents(&self) -> &[String] {
        self.manifest.dictionaries.get(FIELD).map_or(&[], Vec::as_slice)
    }

    /// What covers the names of a coded field, if anything does.
    fn cover(&self, field: &str) -> Option<&AgentNames> {
        self.agents.as_deref().filter(|_| field == FIELD)
    }

    /// Codes of a coded field as they are stored, and what they mean, as both are shown.
    pub(super) fn shown_codes(&self, field: &str, mut codes: Vec<u32>) -> (Vec<u32>, Vec<String>) {
        let Some(cover) = self.cover(field) else { return (codes, self.dictionary(field).to_vec()) };
        codes.iter_mut().for_each(|code| *code = cover.codes.get(*code as usize).copied().unwrap_or(0));
        (codes, cover.names.clone())
    }

    /// The name of a stored code of a coded field, as it is shown; none of code 0.
    pub(super) fn shown_name(&self, field: &str, code: u32) -> Result<Option<String>, String> {
        match self.cover(field).and_then(|cover| Some((cover, *cover.codes.get(code as usize)?))) {
            Some((cover, code)) => coded(&cover.names, code),
            None => coded(self.dictionary(field), code),
        }
    }
}

/// "Agent 7F3A": as many letters of the hash as tell it from all others, four at least.
fn pseudonyms(ids: &[String], salt: &[u8]) -> AgentNames {
    let mut hashes: Vec<(String, usize)> =
        ids.iter().enumerate().skip(1).map(|(code, id)| (hash(id, salt), code)).collect();
    hashes.sort_unstable();
    let mut cover = AgentNames { codes: vec![0; ids.len()], names: vec![String::new()] };
    for (at, (hash, code)) in hashes.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| hashes.get(at));
        let beside = before.into_iter().chain(hashes.get(at + 1));
        let shared = beside.map(|(other, _)| common(hash, other)).max().unwrap_or(0);
        let letters = LETTERS.max(shared + 1).min(hash.len());
        cover.codes[*code] = cover.names.len() as u32;
        cover.names.push(format!("Agent {}", &hash[..letters]));
    }
    cover
}

fn hash(id: &str, salt: &[u8]) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(salt).expect("a key of any length will do");
    mac.update(id.as_bytes());
    hexadecimal(&mac.finalize().into_bytes())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// How many letters two texts begin with in common.
fn common(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

/// The salt in a store's folder, made where there is none.
fn own_salt(dir: &Path) -> Result<String> {
    let path = dir.join(SALT_FILE);
    if !path.exists() {
        make_salt(dir, &path).map_err(|error| {
            Error::data(
                dir,
                format!("no salt for pseudonyms of agents can be kept in the store: {error}"),
                "write an agent_salt into [policy], or run it once with the right to write there",
            )
        })?;
    }
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let is_whole = text.len() == 2 * SALT_BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_whole {
        true => Ok(text),
        false => Err(Error::data(
            &path,
            "is not the salt that was written",
            "restore it from a backup; without it, remove it: agents get new pseudonyms then",
        )),
    }
}

/// Of several that make one at a time, one is kept, and none is ever seen half.
fn make_salt(dir: &Path, path: &Path) -> std::io::Result<()> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(std::io::Error::other)?;
    let text = hexadecimal(&salt);
    let draft = dir.join(format!("{SALT_FILE}.{}", &hexadecimal(&salt[..8])[..8]));
    let mut file = File::create_new(&draft)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            // A file system without links: who writes last would win, so nobody may write over.
            let mut file = File::create_new(path)?;
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::commit;
    use super::*;
    use crate::interaction::Interaction;

    fn names(ids: &[&str]) -> Vec<String> {
        std::iter::once("").chain(ids.iter().copied()).map(String::from).collect()
    }

    /// Test case 2 of RFC 4231: the key "Jefe", the data "what do ya want for nothing?".
    #[test]
    fn the_hash_is_the_published_one() {
        let hash = hash("what do ya want for nothing?", b"Jefe");
        assert_eq!(hash, "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843");
    }

    #[test]
    fn agents_have_the_same_name_whoever_else_is_there_and_another_one_under_another_salt() {
        let name = |ids: &[&str], of: usize, salt: &[u8]| {
            let cover = pseudonyms(&names(ids), salt);
            cover.names[cover.codes[of] as usize].clone()
        };
        let alone = name(&["A17"], 1, b"a salt of sixteen");
        assert_eq!(alone.len(), "Agent 7F3A".len());
        assert_eq!(name(&["B", "A17", "C"], 2, b"a salt of sixteen"), alone);
        assert_ne!(name(&["A17"], 1, b"another salt of sixteen"), alone);
    }

    /// Of 2,000 agents some thirty pairs begin with the same four letters of 65,536.
    #[test]
    fn agents_whose_hashes_begin_alike_get_longer_names() {
        let ids: Vec<String> = (0..2_000).map(|n| n.to_string()).collect();
        let cover = pseudonyms(&names(&ids.iter().map(String::as_str).collect::<Vec<_>>()), b"salt");
        let distinct: std::collections::BTreeSet<&String> = cover.names.iter().collect();
        assert_eq!(distinct.len(), 2_001);
        let longer = cover.names.iter().filter(|name| name.len() > "Agent 7F3A".len()).count();
        assert!((10..200).contains(&longer), "{longer}");
        assert!(cover.names.is_sorted(), "the order is that of the hashes");
    }

    #[test]
    fn no_reader_of_a_covered_store_tells_an_agent() {
        let dir = tempfile::tempdir().unwrap();
        let of = |id: &str, agent: Option<&str>| Interaction {
            interaction_id: id.to_string(),
            agent_id: agent.map(String::from),
            ..Interaction::default()
        };
        let store = commit(dir.path(), &[of("1", Some("anna")), of("2", Some("bert")), of("3", None)]);
        let told = |store: &Store| {
            let dimension = store.dimension("agent_id").unwrap();
            let by_code: Vec<String> =
                dimension.codes.iter().map(|code| dimension.names[*code as usize].clone()).collect();
            let texts = store.texts("agent_id", &[0, 1, 2]).unwrap();
            let texts: Vec<String> = texts.into_iter().map(Option::unwrap_or_default).collect();
            let records = store.interactions(&[0, 1, 2]).unwrap();
            let records: Vec<String> =
                records.into_iter().map(|it| it.agent_id.unwrap_or_default()).collect();
            assert_eq!((&by_code, &by_code), (&texts, &records));
            by_code
        };
        assert_eq!(told(&store), ["anna", "bert", ""]);
        assert_eq!(told(&store.with_hidden_agents()), ["", "", ""]);
        let pseudonyms = store.with_pseudonyms(None).unwrap();
        let shown = told(&pseudonyms);
        assert!(shown[0].starts_with("Agent ") && shown[1].starts_with("Agent ") && shown[2].is_empty());
        assert_eq!(
            told(&pseudonyms.with_pseudonyms(None).unwrap()),
            shown,
            "the same again, and not of themselves"
        );
        assert_eq!(told(&Store::open(dir.path()).unwrap().with_pseudonyms(None).unwrap()), shown);
        assert_eq!(told(&pseudonyms.with_named_agents()), ["anna", "bert", ""]);
        assert_ne!(told(&store.with_pseudonyms(Some("a salt of the policy's")).unwrap()), shown);
    }

    #[test]
    fn a_damaged_salt_is_an_error_and_not_a_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let store = commit(dir.path(), &[Interaction::default()]);
        fs::write(dir.path().join(SALT_FILE), "12").unwrap();
        let error = store.with_pseudonyms(None).unwrap_err().to_string();
        assert!(error.contains("agent-salt") && error.contains("backup"), "{error}");
    }
}
