//! What somebody wrote into a message, without the older messages that stand in it and without the signature.
//!
//! Takes the plain text of an e-mail or of a comment that came by e-mail, gives the lines that are new. The marks of mail
//! programs are known in every language of the built-in lexicons. Where it is in doubt, it keeps: words that are read
//! twice cost less than words that are lost.

use super::quoted_marks::{FORWARDED, HEADERS, ORIGINAL, SENT_FROM, SENT_FROM_ENDS, WROTE};

/// A line that says who wrote what follows is no longer than this, also where it is wrapped.
const MOST_ATTRIBUTION_BYTES: usize = 320;

/// The lines that are new in a message.
pub fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
    let mut own: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        match mark(&lines, at) {
            Mark::None => {
                own.push(lines[at]);
                at += 1;
            }
            Mark::Skip(count) => at += count,
            // With nothing above it, it may be all that somebody had to say.
            Mark::End if own.iter().all(|line| line.trim().is_empty()) => {
                own.extend(&lines[at..]);
                break;
            }
            Mark::End => break,
        }
    }
    let (first, last) = (own.iter().position(is_filled), own.iter().rposition(is_filled));
    match (first, last) {
        (Some(first), Some(last)) => own[first..=last].join("\n"),
        _ => String::new(),
    }
}

fn is_filled(line: &&str) -> bool {
    !line.trim().is_empty()
}

/// What begins at a line.
#[derive(Debug, PartialEq)]
enum Mark {
    /// Nothing: the line is new.
    None,
    /// So many lines that are not new, after which there may be some that are.
    Skip(usize),
    /// What is not new to the end.
    End,
}

fn mark(lines: &[&str], at: usize) -> Mark {
    let line = trimmed(lines[at]);
    if line.is_empty() {
        return Mark::None;
    }
    if is_quoted(lines, at) || is_sent_from(line) {
        return Mark::Skip(1);
    }
    if let Some(mark) = attribution(lines, at) {
        return mark;
    }
    if is_original(line) || is_header_block(lines, at) {
        return Mark::End;
    }
    // Programs draw a line before the header of an older message.
    let is_rule = line.len() >= 10 && line.chars().all(|c| matches!(c, '_' | '-' | '='));
    if is_rule && next_filled(lines, at + 1).is_some_and(|next| is_header_block(lines, next)) {
        return Mark::End;
    }
    signature(lines, at).map_or(Mark::None, Mark::Skip)
}

/// A line without space and without the marks of direction around it.
fn trimmed(line: &str) -> &str {
    line.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    })
}

fn next_filled(lines: &[&str], from: usize) -> Option<usize> {
    (from..lines.len()).find(|at| !trimmed(lines[*at]).is_empty())
}

/// Whether a line is marked as quoted. `>3 days` alone is somebody's own words.
fn is_quoted(lines: &[&str], at: usize) -> bool {
    let Some(rest) = trimmed(lines[at]).strip_prefix('>') else { return false };
    let is_among = |at: Option<usize>| {
        at.and_then(|at| lines.get(at)).is_some_and(|line| trimmed(line).starts_with('>'))
    };
    rest.is_empty()
        || rest.starts_with(|c: char| c.is_whitespace() || c == '>' || c.is_alphabetic())
        || is_among(at.checked_sub(1))
        || is_among(Some(at + 1))
}

/// `Sent from my iPhone` and the like: a line of a program.
fn is_sent_from(line: &str) -> bool {
    const DEVICES: [&str; 19] = [
        "iphon",
        "ipad",
        "android",
        "samsung",
        "galaxy",
        "huawei",
        "xiaomi",
        "outlook",
        "blackberry",
        "windows",
        "yahoo",
        "gmail",
        "phone",
        "mobile",
        "mobil",
        "telefon",
        "телефон",
        "手机",
        "ios",
    ];
    if line.chars().count() > 70 || line.contains([',', ';', '?', '，']) {
        return false;
    }
    let line = line.to_lowercase();
    let line = line.trim_end_matches(['.', '。', '!']);
    DEVICES.iter().any(|device| line.contains(device))
        && (SENT_FROM.iter().any(|start| line.starts_with(start))
            || SENT_FROM_ENDS.iter().any(|end| line.ends_with(end)))
}

/// `On … Anna <anna@example.com> wrote:`, on one line or wrapped. What follows is quoted: the lines that are marked so,
/// or all of them where none is.
fn attribution(lines: &[&str], at: usize) -> Option<Mark> {
    let (count, is_quoted) = attribution_from(lines, at)?;
    // Lines before it that are somebody's own must not be taken for its beginning.
    let is_later = (at + 1..at + count).any(|later| attribution_from(lines, later).is_some());
    if is_later {
        return None;
    }
    Some(if is_quoted { Mark::Skip(count) } else { Mark::End })
}

/// The lines of an attribution that begins there, and whether marked lines follow.
fn attribution_from(lines: &[&str], at: usize) -> Option<(usize, bool)> {
    const MOST_LINES: usize = 3;
    let mut whole = String::new();
    for count in 1..=MOST_LINES {
        let line = trimmed(lines.get(at + count - 1)?);
        if line.is_empty() || line.starts_with('>') {
            return None;
        }
        whole.push_str(line);
        whole.push(' ');
        if whole.len() > MOST_ATTRIBUTION_BYTES {
            return None;
        }
        let next = next_filled(lines, at + count);
        let is_quoted = next.is_some_and(|next| trimmed(lines[next]).starts_with('>'));
        if is_attribution(&whole, is_quoted) {
            return Some((count, is_quoted));
        }
    }
    None
}

/// Whether a text says when who wrote what follows.
fn is_attribution(text: &str, is_quoted: bool) -> bool {
    if !trimmed(text).ends_with([':', '：']) || text.chars().filter(|c| c.is_numeric()).count() < 3 {
        return false;
    }
    let lower = text.to_lowercase();
    let says_wrote = WROTE.iter().any(|word| lower.contains(word));
    // With marked lines after it one more sign is enough; without, everything after it would go.
    match is_quoted {
        true => says_wrote || text.contains('@'),
        false => says_wrote && has_bracketed_address(text),
    }
}

/// Whether an address stands in brackets, as programs write it and people do not.
fn has_bracketed_address(text: &str) -> bool {
    let mut pieces = text.split(['<', '(']).skip(1).filter_map(|piece| piece.split(['>', ')']).next());
    pieces.any(|inner| inner.contains('@') && !inner.trim().contains(' '))
}

/// `-----Original Message-----` and what programs write in its place.
fn is_original(line: &str) -> bool {
    if line.starts_with("##-") && line.ends_with("-##") {
        return true;
    }
    let inner = line.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | ' '));
    let inner = inner.replace('’', "'").to_lowercase();
    let is_ruled =
        line.starts_with("--") || line.starts_with("__") || line.starts_with("==") || line.starts_with("——");
    let is_known = |list: &[&str]| list.contains(&inner.trim_end_matches([':', '：', ' ']));
    (is_ruled && (is_known(&ORIGINAL) || is_known(&FORWARDED)))
        || (line.ends_with([':', '：']) && inner.starts_with("begin forwarded message"))
}

/// The header of an older message as text: who, and two more of when, to whom and what about, in one language.
fn is_header_block(lines: &[&str], at: usize) -> bool {
    const MOST_LINES: usize = 8;
    HEADERS.iter().any(|[from, others @ ..]| {
        if !has_word(lines[at], from) {
            return false;
        }
        let end = lines.len().min(at + MOST_LINES);
        let block = &lines[at + 1..end];
        let found = others.iter().filter(|words| block.iter().any(|line| has_word(line, words)));
        found.count() >= 2
    })
}

/// Whether a line begins with one of the words and a colon.
fn has_word(line: &str, words: &[&str]) -> bool {
    let line = trimmed(line).trim_start_matches('*');
    let Some(colon) = line.find([':', '：']).filter(|at| *at <= 60) else { return false };
    let word = trimmed(line[..colon].trim_end_matches('*')).to_lowercase();
    words.contains(&word.as_str())
}

/// The lines of a signature: after `-- `, up to something quoted or the end.
fn signature(lines: &[&str], at: usize) -> Option<usize> {
    const MOST_LINES: usize = 10;
    if lines[at].trim_end() != "--" {
        return None;
    }
    let after = &lines[at + 1..];
    let is_other = |from: usize| {
        let (line, from) = (trimmed(lines[from]), from);
        line.starts_with('>')
            || is_original(line)
            || attribution(lines, from).is_some()
            || is_header_block(lines, from)
    };
    let length = (0..after.len()).find(|count| is_other(at + 1 + count)).unwrap_or(after.len());
    // Without the space it may be a line that somebody draws, and with many lines or sentences it likely is.
    let is_sure = lines[at] == "-- ";
    let signed = &after[..length];
    let is_sentence = |line: &&str| trimmed(line).ends_with(['.', '?', '!', '。', '？', '！', '।', '؟']);
    let is_doubtful = signed.len() > MOST_LINES || signed.iter().any(is_sentence);
    (is_sure || !is_doubtful).then_some(1 + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::text::quoted_marks::LANGUAGES;

    /// Per language: an attribution; the header of an older message; `Original message`; `Sent from my iPhone`.
    #[rustfmt::skip]
    const PROGRAMS: [(&str, &str, &str, &str, &str); 32] = [
        ("ar", "في الاثنين، 2 مارس 2026 في 10:00 ص كتب \u{202a}Anna\u{202c}\u{200f} <\u{202a}anna@example.com\u{202c}\u{200f}>:", "من: Anna\nتم الإرسال: 2 مارس 2026\nإلى: Bob\nالموضوع: X", "الرسالة الأصلية", "أُرسلت من الـ iPhone"),
        ("bg", "На пн, 2.03.2026 г. в 10:00 Анна <anna@example.com> написа:", "От: Анна\nИзпратено: 2 март 2026\nДо: Боб\nОтносно: X", "Оригинално съобщение", "Изпратено от моя iPhone"),
        ("cs", "po 2. 3. 2026 v 10:00 odesílatel Anna <anna@example.com> napsal:", "Od: Anna\nOdesláno: 2. března 2026\nKomu: Bob\nPředmět: X", "Původní zpráva", "Odesláno z iPhonu"),
        ("da", "Den man. 2. mar. 2026 kl. 10.00 skrev Anna <anna@example.com>:", "Fra: Anna\nSendt: 2. marts 2026\nTil: Bob\nEmne: X", "Oprindelig meddelelse", "Sendt fra min iPhone"),
        ("de", "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Anna <anna@example.com>:", "Von: Anna\nGesendet: 2. März 2026\nAn: Bob\nBetreff: X", "Ursprüngliche Nachricht", "Von meinem iPhone gesendet"),
        ("el", "Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Anna <anna@example.com> έγραψε:", "Από: Anna\nΣτάλθηκε: 2 Μαρ 2026\nΠρος: Bob\nΘέμα: X", "Αρχικό μήνυμα", "Στάλθηκε από το iPhone μου"),
        ("en", "On Mon, Mar 2, 2026 at 10:00 AM Anna <anna@example.com> wrote:", "From: Anna\nSent: 2 March 2026\nTo: Bob\nSubject: X", "Original Message", "Sent from my iPhone"),
        ("es", "El lun, 2 mar 2026 a las 10:00, Anna (<anna@example.com>) escribió:", "De: Anna\nEnviado: 2 de marzo de 2026\nPara: Bob\nAsunto: X", "Mensaje original", "Enviado desde mi iPhone"),
        ("et", "Kontakt Anna (<anna@example.com>) kirjutas kuupäeval E, 2. märts 2026 kell 10:00:", "Saatja: Anna\nSaadetud: 2. märts 2026\nAdressaat: Bob\nTeema: X", "Algne sõnum", "Saadetud minu iPhone'ist"),
        ("fi", "ma 2. maalisk. 2026 klo 10.00 Anna (anna@example.com) kirjoitti:", "Lähettäjä: Anna\nLähetetty: 2. maaliskuuta 2026\nVastaanottaja: Bob\nAihe: X", "Alkuperäinen viesti", "Lähetetty iPhonesta"),
        ("fr", "Le lun. 2 mars 2026 à 10:00, Anna <anna@example.com> a écrit :", "De : Anna\nEnvoyé : 2 mars 2026\nÀ : Bob\nObjet : X", "Message d'origine", "Envoyé de mon iPhone"),
        ("he", "\u{202b}בתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת \u{202a}Anna\u{202c}\u{200f} <\u{202a}anna@example.com\u{202c}\u{200f}>:\u{202c}", "מאת: Anna\nנשלח: 2 במרץ 2026\nאל: Bob\nנושא: X", "הודעה מקורית", "נשלח מה-iPhone שלי"),
        ("hi", "सोम, 2 मार्च 2026 को 10:00 पर Anna <anna@example.com> ने लिखा:", "प्रेषक: Anna\nभेजा गया: 2 मार्च 2026\nप्रति: Bob\nविषय: X", "मूल संदेश", "मेरे iPhone से भेजा गया"),
        ("hu", "Anna <anna@example.com> ezt írta (időpont: 2026. márc. 2., H, 10:00):", "Feladó: Anna\nElküldve: 2026. március 2.\nCímzett: Bob\nTárgy: X", "Eredeti üzenet", "Az iPhone készülékemről küldve"),
        ("id", "Pada Sen, 2 Mar 2026 pukul 10.00 Anna <anna@example.com> menulis:", "Dari: Anna\nDikirim: 2 Maret 2026\nKepada: Bob\nSubjek: X", "Pesan Asli", "Dikirim dari iPhone saya"),
        ("it", "Il giorno lun 2 mar 2026 alle ore 10:00 Anna <anna@example.com> ha scritto:", "Da: Anna\nInviato: 2 marzo 2026\nA: Bob\nOggetto: X", "Messaggio originale", "Inviato da iPhone"),
        ("ja", "2026年3月2日(月) 10:00 Anna <anna@example.com> さんが書きました:", "差出人: Anna\n送信日時: 2026年3月2日\n宛先: Bob\n件名: X", "元のメッセージ", "iPhoneから送信"),
        ("ko", "2026년 3월 2일 (월) 오전 10:00, Anna <anna@example.com>님이 작성:", "보낸 사람: Anna\n보낸 날짜: 2026년 3월 2일\n받는 사람: Bob\n제목: X", "원본 메시지", "나의 iPhone에서 보냄"),
        ("lt", "2026-03-02, pr, 10:00 Anna <anna@example.com> rašė:", "Nuo: Anna\nIšsiųsta: 2026 m. kovo 2 d.\nKam: Bob\nTema: X", "Pradinis pranešimas", "Išsiųsta iš mano iPhone"),
        ("lv", "Pirmd., 2026. g. 2. marts, plkst. 10:00 — lietotājs Anna (<anna@example.com>) rakstīja:", "No: Anna\nNosūtīts: 2026. gada 2. marts\nKam: Bob\nTēma: X", "Sākotnējais ziņojums", "Nosūtīts no mana iPhone"),
        ("nl", "Op ma 2 mrt 2026 om 10:00 schreef Anna <anna@example.com>:", "Van: Anna\nVerzonden: 2 maart 2026\nAan: Bob\nOnderwerp: X", "Oorspronkelijk bericht", "Verstuurd vanaf mijn iPhone"),
        ("pl", "pon., 2 mar 2026 o 10:00 Anna <anna@example.com> napisał(a):", "Od: Anna\nWysłano: 2 marca 2026\nDo: Bob\nTemat: X", "Oryginalna wiadomość", "Wysłano z iPhone'a"),
        ("pt", "Em seg., 2 de mar. de 2026 às 10:00, Anna <anna@example.com> escreveu:", "De: Anna\nEnviado: 2 de março de 2026\nPara: Bob\nAssunto: X", "Mensagem original", "Enviado do meu iPhone"),
        ("ro", "În lun., 2 mar. 2026 la 10:00, Anna <anna@example.com> a scris:", "De la: Anna\nTrimis: 2 martie 2026\nCătre: Bob\nSubiect: X", "Mesaj original", "Trimis de pe iPhone-ul meu"),
        ("ru", "пн, 2 мар. 2026 г. в 10:00, Анна <anna@example.com> пишет:", "От: Анна\nОтправлено: 2 марта 2026 г.\nКому: Боб\nТема: X", "Исходное сообщение", "Отправлено с iPhone"),
        ("sk", "po 2. 3. 2026 o 10:00 Anna <anna@example.com> napísal(a):", "Od: Anna\nOdoslané: 2. marca 2026\nKomu: Bob\nPredmet: X", "Pôvodná správa", "Odoslané z iPhone"),
        ("sv", "Den mån 2 mars 2026 kl 10:00 skrev Anna <anna@example.com>:", "Från: Anna\nSkickat: den 2 mars 2026\nTill: Bob\nÄmne: X", "Ursprungligt meddelande", "Skickat från min iPhone"),
        ("th", "ในวันที่ จ. 2 มี.ค. 2026 เวลา 10:00 Anna <anna@example.com> เขียนว่า:", "จาก: Anna\nส่งเมื่อ: 2 มีนาคม 2026\nถึง: Bob\nเรื่อง: X", "ข้อความต้นฉบับ", "ส่งจาก iPhone ของฉัน"),
        ("tr", "Anna <anna@example.com>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:", "Kimden: Anna\nGönderildi: 2 Mart 2026\nKime: Bob\nKonu: X", "Özgün İleti", "iPhone'umdan gönderildi"),
        ("uk", "пн, 2 бер. 2026 р. о 10:00 Анна <anna@example.com> пише:", "Від: Анна\nНадіслано: 2 березня 2026 р.\nКому: Боб\nТема: X", "Вихідне повідомлення", "Надіслано з iPhone"),
        ("vi", "Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 Anna <anna@example.com> đã viết:", "Từ: Anna\nĐã gửi: 2 tháng 3, 2026\nĐến: Bob\nChủ đề: X", "Thư gốc", "Đã gửi từ iPhone của tôi"),
        ("zh", "Anna <anna@example.com> 于2026年3月2日周一 10:00写道：", "发件人: Anna\n发送时间: 2026年3月2日\n收件人: Bob\n主题: X", "原始邮件", "发自我的iPhone"),
    ];

    #[test]
    fn in_every_language_of_the_lexicons_only_what_is_new_is_left() {
        let listed: Vec<&str> = PROGRAMS.iter().map(|(language, ..)| *language).collect();
        assert_eq!(listed, LANGUAGES);
        for (language, wrote, header, original, sent_from) in PROGRAMS {
            let replies = [
                format!("It is broken again.\n\n{wrote}\n\n> old\n> words\n"),
                format!("{wrote}\n> old words\n>\n\nIt is broken again."),
                format!("It is broken again.\n\n{wrote}\n\nold words without marks"),
                format!("It is broken again.\n\n{header}\n\nold words"),
                format!("It is broken again.\n\n________________________________\n{header}\nold"),
                format!("It is broken again.\n\n-----{original}-----\nold words"),
                format!("It is broken again.\n\n{sent_from}\n"),
            ];
            for reply in replies {
                assert_eq!(own_words(&reply), "It is broken again.", "{language}: {reply}");
            }
        }
    }

    #[test]
    fn an_attribution_may_be_wrapped_and_stand_right_below_what_is_new() {
        let reply = "I called 3 times, 12345.\nOn Mon, Mar 2, 2026 at 10:00 AM Anna Smith\n<anna@example.com>\nwrote:\n\n> old\n";
        assert_eq!(own_words(reply), "I called 3 times, 12345.");
    }

    #[test]
    fn answers_between_quoted_lines_are_kept() {
        let reply = "> Is it on?\nYes.\n> Is it red?\nNo, for the third time.\n\n-- \nBob\n+371 2000000.\n";
        assert_eq!(own_words(reply), "Yes.\nNo, for the third time.");
    }

    #[test]
    fn what_is_in_doubt_is_kept() {
        for text in [
            "On 2 March 2026 your colleague wrote:\nwe will call you. Nobody called.",
            "Your colleague anna@example.com wrote on 02.03.2026:\nwe will call you. Nobody called.",
            "Three things:\n--\nFirst, I called twice.\n--\nSecond, it is broken.",
            "Sent from my old address, please mail me there.",
            ">3 days without internet",
            "From: Riga\nI need a technician.",
            "-----Original Message-----\nFrom: me\nTo: you\nSubject: x\n\nI complain.",
            "My number:\n12345",
        ] {
            assert_eq!(own_words(text), text);
        }
    }

    #[test]
    fn a_reply_without_new_words_is_empty() {
        assert_eq!(own_words("On 2 Mar 2026, Anna wrote:\n> old\n> words\n"), "");
        assert_eq!(own_words(" \n"), "");
    }

    #[test]
    fn what_stands_above_the_line_of_a_help_desk_is_new() {
        let reply = "Thanks, no.\n\n##- Please type your reply above this line -##\n\nYour request (17) has been solved.";
        assert_eq!(own_words(reply), "Thanks, no.");
    }

    proptest! {
        #[test]
        fn every_line_left_is_one_that_was_there(text in "([a-z>@:0-9 -]{0,12}\n|-- \n|On 2026 a@b wrote:\n|From: a\n){0,12}") {
            let own = own_words(&text);
            let mut all = text.lines();
            for line in own.lines() {
                prop_assert!(all.any(|other| other == line), "{line:?}");
            }
        }

        #[test]
        fn words_without_marks_stay(text in "[a-z]{1,9}([ \n][a-z]{1,9}){0,9}") {
            prop_assert_eq!(own_words(&text), text);
        }
    }
}
