//! Writes a synthetic contact centre of the asked size: `generate-volume COUNT FOLDER`.

#[allow(dead_code)] // the benches use the rest of it
mod volume;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().and_then(|count| count.parse().ok());
    let (Some(count), Some(folder)) = (count, arguments.next()) else {
        eprintln!("usage: generate-volume COUNT FOLDER");
        std::process::exit(2);
    };
    volume::write_files(count, folder.as_ref())
}
