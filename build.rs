//! Compiles again when a lexicon file is added: the lexicons are part of the program.

fn main() {
    println!("cargo::rerun-if-changed=lexicons");
}
