//! Writes a synthetic contact centre of the asked size: `generate-volume COUNT FOLDER [--days]`.

#[allow(dead_code)] // the benches use the rest of it
mod volume;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (count, folder, by_day) = match &arguments[..] {
        [count, folder] => (count.parse().ok(), folder, false),
        [count, folder, days] if days == "--days" => (count.parse().ok(), folder, true),
        _ => usage(),
    };
    let Some(count) = count else { usage() };
    let write = if by_day { volume::write_days } else { volume::write_files };
    write(count, folder.as_ref()).map(drop)
}

fn usage() -> ! {
    eprintln!("usage: generate-volume COUNT FOLDER [--days]");
    std::process::exit(2)
}
