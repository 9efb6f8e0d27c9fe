//! The integration tests: the real program on real files. One binary, a module per subject.
//!
//! Unit tests stand beside the code; here is only what needs several parts at once, or the command line.

#[cfg(test)]
mod again;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod causes;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod coaching;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod contacts_parquet;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod demo_fixture;
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod drivers;
#[cfg(test)]
mod email;
#[cfg(test)]
mod estimates;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod explain;
#[cfg(unix)]
#[cfg(test)]
mod faults;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod gaps;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(unix)] // Other systems have no such names of files.
#[cfg(test)]
mod hostile_store;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod init;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod labelled;
#[cfg(test)]
mod page;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod planted;
mod policy;
#[cfg(test)]
mod presets;
#[cfg(test)]
mod program;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod search;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod sql;
#[cfg(test)]
mod store;
#[cfg(test)]
mod store_commands;
#[cfg(test)]
mod sweep;
#[cfg(test)]
mod trend;
#[cfg(test)]
mod windows;
#[cfg(test)]
mod xlsx;
#[cfg(test)]
mod zendesk;
