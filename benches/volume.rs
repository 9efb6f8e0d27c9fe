//! Synthetic contact centres of any size, streamed: seeded, the same everywhere, nothing of it real.
//!
//! Interactions as CSV, and for each a transcript of about 1 KB as a JSON line, in English, Chinese, Latvian and
//! Bulgarian. Customers are Zipf-like, a fifth of the contacts come back within the week, a tenth of the dialogues
//! hold a statement that the detector must find. Used by the benches and, as a program, to make files:
//! `cargo run --release --example generate-volume -- 1000000 FOLDER`.

use std::io::{BufWriter, Result, Write};
use std::path::Path;

use fastrand::Rng;

const CATEGORIES: [&str; 12] = [
    "billing",
    "internet",
    "tv",
    "roaming",
    "sim",
    "contract",
    "technician",
    "account",
    "delivery",
    "returns",
    "prices",
    "other",
];
const CHANNELS: [&str; 3] = ["voice", "chat", "email"];
const DAYS: i64 = 365;
/// 2025-01-01T00:00:00Z.
const FIRST_SECOND: i64 = 1_735_689_600;

/// Sentences of one language that state no earlier contact, and some that do.
struct Language {
    tag: &'static str,
    plain: &'static [&'static str],
    stated: &'static [&'static str],
}

const LANGUAGES: [Language; 4] = [
    Language {
        tag: "en",
        plain: &[
            "good morning the light on the box in the hall has gone from green to orange",
            "i pay by card on the first of the month and the amount looks different now",
            "could you tell me whether the offer in the leaflet is for new customers only",
            "the picture stops for a second and then the sound comes back before it does",
            "my daughter set it up on her tablet and it has worked well until this weekend",
            "let me just find the paper it is somewhere in the kitchen drawer one moment",
            "we moved to the second floor and the old socket is on the other side of the wall",
            "yes that is my address and the name on the door is the same as on the contract",
            "of course i can see the account here and the payment has arrived on our side",
            "please switch it off at the wall for half a minute and then on again",
        ],
        stated: &[
            "this is the third time i am calling you about it",
            "i have called you twice already and nobody called me back",
            "still no reply to the e-mail that i sent you last week",
        ],
    },
    Language {
        tag: "zh-Hans",
        plain: &[
            "您好我想问一下这个套餐下个月还能不能继续用",
            "路由器放在客厅里卧室的信号一直不太好",
            "我昨天在手机上充了一百块钱现在余额显示不对",
            "阳台的插座离路由器有点远信号只有两格",
            "好的您稍等我帮您查询一下这个号码的资料",
            "身份证号码的后四位麻烦您再核对一遍谢谢",
            "电视盒子换了以后遥控器好像不太灵",
            "我下个星期要出国想开通一下漫游业务",
        ],
        stated: &["这已经是我第三次打电话来了", "上次你们说会给我回电话到现在也没有人联系我"],
    },
    Language {
        tag: "lv",
        plain: &[
            "labdien es gribētu noskaidrot cik man šomēnes jāmaksā par internetu",
            "televizors rāda tikai pusi no kanāliem un pults reaģē lēni",
            "līgums ir uz vīra vārda bet rēķinus apmaksāju es no sava konta",
            "jā protams es redzu jūsu adresi un pieslēgumu ceturtajā stāvā",
            "vai jūs varētu lūdzu pateikt vai veikals sestdien ir atvērts",
            "guļamistabā attēls ir labs bet virtuvē tas vakaros raustās",
            "lūdzu izslēdziet maršrutētāju uz minūti un tad ieslēdziet atpakaļ",
        ],
        stated: &["es jums zvanu jau trešo reizi par šo pašu", "solīja atzvanīt bet neviens neatzvanīja"],
    },
    Language {
        tag: "bg",
        plain: &[
            "добър ден искам да попитам колко ми остава до края на договора",
            "интернетът вечер е бавен а сутрин работи без никакви проблеми",
            "платих на касата в магазина и пазя бележката ако ви трябва",
            "разбира се виждам адреса и услугата която използвате в момента",
            "телевизорът е нов и дистанционното не иска да се свърже с него",
            "ще пътувам до Гърция и не съм сигурен дали роумингът е включен",
            "моля изключете устройството за минута и после го включете отново",
        ],
        stated: &["за трети път ви звъня по този въпрос", "обещаха да ми се обадят и никой не се обади"],
    },
];

/// One generated contact.
pub(crate) struct Contact {
    /// Row number, from 0.
    pub(crate) number: u64,
    /// Customer number; small ones are frequent.
    pub(crate) customer: u64,
    /// Index of the category.
    pub(crate) category: usize,
    /// Seconds since 1970.
    pub(crate) started: i64,
    /// Seconds of handling.
    pub(crate) handled: i64,
    /// Whether the dialogue states an earlier contact.
    pub(crate) is_stated: bool,
}

/// `count` contacts in the order of their files.
pub(crate) fn contacts(count: u64) -> impl Iterator<Item = Contact> {
    let mut rng = Rng::with_seed(20_260_501);
    let customers = (count / 4).max(1);
    let mut last: Vec<(u64, usize, i64)> = Vec::new();
    (0..count).map(move |number| {
        let handled = 60 + rng.i64(0..900);
        let again = (!last.is_empty() && rng.f64() < 0.2).then(|| last[rng.usize(0..last.len())]);
        let (customer, category, started) = match again {
            Some((customer, category, started)) => (customer, category, started + rng.i64(7_200..6 * 86_400)),
            None => {
                let customer = (customers as f64 * rng.f64().powi(2)) as u64;
                let hour = 8 + (rng.f64() + rng.f64()) as i64 * 5 + rng.i64(0..5);
                let started = FIRST_SECOND + rng.i64(0..DAYS) * 86_400 + hour * 3_600 + rng.i64(0..3_600);
                (customer, ((CATEGORIES.len() as f64) * rng.f64().powi(2)) as usize, started)
            }
        };
        let place = (number % 512) as usize;
        match last.get_mut(place) {
            Some(slot) => *slot = (customer, category, started),
            None => last.push((customer, category, started)),
        }
        Contact { number, customer, category, started, handled, is_stated: rng.f64() < 0.1 }
    })
}

/// The contact as a line of CSV; the header is `HEADER`.
pub(crate) fn write_csv(contact: &Contact, out: &mut impl Write) -> Result<()> {
    let Contact { number, customer, category, started, handled, .. } = contact;
    let channel = CHANNELS[(*number % 3) as usize];
    writeln!(out, "V-{number:09},K{customer},{started},{channel},{},{handled},handled", CATEGORIES[*category])
}

/// The columns of [`write_csv`].
pub(crate) const HEADER: &str =
    "interaction_id,customer_id,started_at,channel,category,handle_seconds,status";

/// The turns of the contact, agent and customer in turn, about 1 KB.
pub(crate) fn turns(contact: &Contact) -> (&'static str, Vec<String>) {
    let mut rng = Rng::with_seed(contact.number ^ 0x9E37_79B9);
    let language = &LANGUAGES[[0, 0, 1, 2, 3][rng.usize(0..5)]];
    let mut turns = Vec::new();
    let mut size = 0;
    while size < 800 {
        let sentences: Vec<&str> =
            (0..rng.usize(1..4)).map(|_| language.plain[rng.usize(0..language.plain.len())]).collect();
        let text = sentences.join(" ");
        size += text.len();
        turns.push(text);
    }
    if contact.is_stated {
        turns[0] = language.stated[rng.usize(0..language.stated.len())].to_string();
    }
    (language.tag, turns)
}

/// The transcript of the contact as a JSON line. The texts need no escaping.
pub(crate) fn write_transcript(contact: &Contact, out: &mut impl Write) -> Result<()> {
    let (language, turns) = turns(contact);
    write!(out, "{{\"interaction_id\":\"V-{:09}\",\"language\":\"{language}\",\"turns\":[", contact.number)?;
    for (at, text) in turns.iter().enumerate() {
        let speaker = if at % 2 == 0 { "customer" } else { "agent" };
        let comma = if at == 0 { "" } else { "," };
        write!(out, "{comma}{{\"speaker\":\"{speaker}\",\"at_seconds\":{},\"text\":\"{text}\"}}", at * 9)?;
    }
    writeln!(out, "]}}")
}

/// Writes `interactions.csv` and `transcripts.jsonl` into `folder`.
pub(crate) fn write_files(count: u64, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut csv = BufWriter::new(std::fs::File::create(folder.join("interactions.csv"))?);
    let mut jsonl = BufWriter::new(std::fs::File::create(folder.join("transcripts.jsonl"))?);
    writeln!(csv, "{HEADER}")?;
    for contact in contacts(count) {
        write_csv(&contact, &mut csv)?;
        write_transcript(&contact, &mut jsonl)?;
    }
    csv.flush()?;
    jsonl.flush()
}
