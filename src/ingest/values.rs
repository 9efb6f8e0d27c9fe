//! The words that sources use for status, direction, channel, coded result, speaker and "missing".
//!
//! Takes a trimmed cell, gives the canonical value or `None` where the word is not known. Values that the user
//! maps in `[source.values]` come first and are not this file's business.

use crate::interaction::{Direction, Speaker, Status};

/// What became of an interaction in the queue, in the words of switches and ticket systems.
#[rustfmt::skip]
pub(super) fn status(word: &str) -> Option<Status> {
    Some(match word.to_lowercase().as_str() {
        "handled" | "answered" | "completed" | "complete" | "connected" | "served" | "closed" | "solved" | "resolved"
        | "open" | "new" | "pending" | "hold" | "in progress" | "on hold" | "agent" | "yes" | "y" | "true" | "answer"
        | "已接听" | "已接" | "接通" | "已接通" | "已处理" | "已完成" | "已关闭" | "已解决" | "处理中" | "已接聽"
        | "已處理" | "已關閉" | "處理中" | "是"
        | "atbildēts" | "apkalpots" | "pabeigts" | "slēgts" | "atvērts" | "atrisināts" | "apstrādāts" | "jā"
        | "отговорен" | "отговорено" | "обслужен" | "приключен" | "приключено" | "затворен" | "отворен" | "решен"
        | "обработен" | "да" => Status::Handled,
        "abandoned" | "abandon" | "hang" | "hangup" | "hung up" | "missed" | "no answer" | "noanswer" | "unanswered"
        | "not answered" | "lost" | "dropped" | "no" | "n" | "false" | "busy" | "failed" | "no-answer" | "hung-up"
        | "congestion" | "voicemail-no-message"
        | "放弃" | "已放弃" | "未接" | "未接听" | "未接通" | "漏接" | "客户挂断" | "放棄" | "未接聽" | "未接來電" | "否"
        | "pamests" | "neatbildēts" | "pārtraukts" | "zaudēts" | "nē"
        | "изоставен" | "изпуснат" | "пропуснат" | "неотговорен" | "прекъснат" | "не" => Status::Abandoned,
        "voicemail" | "voice mail" | "vm" | "message left" | "留言" | "语音留言" | "語音留言" | "balss pasts"
        | "balss pastkaste" | "гласова поща" => Status::Voicemail,
        "ignored" | "ignore" | "test" | "spam" | "phantom" | "junk" | "deleted" | "测试" | "垃圾" | "骚扰" | "測試"
        | "騷擾" | "tests" | "dzēsts" | "тест" | "изтрит" => Status::Ignored,
        "unknown" => Status::Unknown,
        _ => return None,
    })
}

/// Who began an interaction.
#[rustfmt::skip]
pub(super) fn direction(word: &str) -> Option<Direction> {
    Some(match word.to_lowercase().as_str() {
        "inbound" | "in" | "incoming" | "i" | "received" | "呼入" | "来电" | "进线" | "來電" | "進線" | "撥入"
        | "ienākošs" | "ienākošais" | "ienākoša" | "входящ" | "входящо" | "входяща" => Direction::Inbound,
        "outbound" | "out" | "outgoing" | "o" | "sent" | "external_outbound" | "呼出" | "外呼" | "去电" | "去電" | "外撥" | "回访"
        | "izejošs" | "izejošais" | "izejoša" | "изходящ" | "изходящо" | "изходяща" => Direction::Outbound,
        "callback" | "call back" | "call-back" | "scheduled callback" | "scheduled call back" | "web callback"
        | "queue callback" | "queued callback" | "callback request" | "requested callback" | "回拨" | "预约回拨" | "预约回电"
        | "回撥" | "預約回撥" | "預約回電" | "atzvans" | "atzvanīšana" | "ieplānots atzvans" | "обратно обаждане"
        | "заявено обратно обаждане" | "насрочено обаждане" => Direction::Callback,
        "internal" | "consult" | "内部" | "内线" | "內部" | "內線" | "iekšējs" | "iekšējais" | "вътрешен"
        | "вътрешно" => Direction::Internal,
        "unknown" => Direction::Unknown,
        _ => return None,
    })
}

/// The common channels by one name each.
#[rustfmt::skip]
pub(super) fn channel(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "voice" | "phone" | "call" | "telephone" | "telephony" | "tel" | "电话" | "语音" | "電話" | "語音" | "热线"
        | "telefons" | "tālrunis" | "zvans" | "balss" | "телефон" | "обаждане" => "voice",
        "chat" | "webchat" | "web chat" | "live chat" | "livechat" | "在线客服" | "在线" | "线上客服" | "線上客服"
        | "tērzēšana" | "čats" | "чат" => "chat",
        "email" | "e-mail" | "mail" | "邮件" | "电子邮件" | "郵件" | "電郵" | "e-pasts" | "epasts" | "имейл"
        | "поща" => "email",
        "messaging" | "message" | "sms" | "whatsapp" | "viber" | "telegram" | "messenger" | "微信" | "短信" | "簡訊" | "line"
        | "īsziņa" | "съобщение" => "messaging",
        _ => return None,
    })
}

/// Whether a coded result says that the matter is resolved.
#[rustfmt::skip]
pub(super) fn is_resolved(word: &str) -> Option<bool> {
    Some(match word.to_lowercase().as_str() {
        "resolved" | "solved" | "fixed" | "complete" | "completed" | "closed"
        | "resolved on first contact" | "fcr" | "first call resolution" | "issue resolved" | "closed - resolved"
        | "已解决" | "已解決" | "解决" | "解決" | "已完成" | "已处理完毕" | "已办结" | "已辦結"
        | "atrisināts" | "atrisināta" | "pabeigts" | "slēgts"
        | "решен" | "решено" | "разрешен" | "разрешено" | "приключен" => true,
        "unresolved" | "not resolved" | "open" | "pending" | "escalated"
        | "reopened" | "follow-up" | "follow up" | "followup" | "follow up required" | "callback required"
        | "in progress" | "not solved" | "transferred" | "on hold"
        | "未解决" | "未解決" | "处理中" | "處理中" | "待处理" | "待處理" | "跟进中" | "升级" | "已转派"
        | "neatrisināts" | "nav atrisināts" | "atvērts" | "procesā" | "eskalēts"
        | "нерешен" | "нерешено" | "не е решен" | "отворен" | "в процес" | "ескалиран" => false,
        other => return yes_or_no(other),
    })
}

/// Whether a customer says that it was the first contact about the matter.
#[rustfmt::skip]
pub(super) fn is_first(word: &str) -> Option<bool> {
    Some(match word.to_lowercase().as_str() {
        "first" | "1st" | "first time" | "first contact" | "first call" | "首次" | "第一次" | "pirmā" | "pirmo reizi"
        | "първи път" | "за първи път" | "първи" => true,
        "not first" | "not the first" | "again" | "repeat" | "repeated" | "再次" | "多次" | "不是第一次" | "重复" | "重複"
        | "atkārtoti" | "ne pirmo reizi" | "повторно" | "отново" | "не за първи път" => false,
        other => return yes_or_no(other),
    })
}

/// Yes or no, a word in small letters.
#[rustfmt::skip]
pub(super) fn yes_or_no(word: &str) -> Option<bool> {
    Some(match word {
        "yes" | "y" | "true" | "1" | "1.0" | "是" | "jā" | "да" => true,
        "no" | "n" | "false" | "0" | "0.0" | "否" | "不是" | "nē" | "не" => false,
        _ => return None,
    })
}

/// What somebody says who was asked and does not say yes or no.
#[rustfmt::skip]
pub(super) fn is_no_answer(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(),
        "unknown" | "not sure" | "unsure" | "don't know" | "do not know" | "no answer" | "not answered" | "skipped"
        | "不知道" | "不确定" | "不確定" | "未回答" | "nezinu" | "neatceros" | "не знам" | "не съм сигурен" | "без отговор")
}

/// Who speaks: the labels of transcripts and the roles of exports, in every language of the built-in lexicons.
#[rustfmt::skip]
pub(super) fn speaker(word: &str) -> Option<Speaker> {
    // The native names first: they are what most lines say, and comparing them needs no allocation.
    match word {
        "customer" => return Some(Speaker::Customer),
        "agent" => return Some(Speaker::Agent),
        "system" => return Some(Speaker::System),
        _ => {}
    }
    // A capital İ is i with a dot above.
    Some(match word.to_lowercase().replace('\u{307}', "").as_str() {
        "customer" | "client" | "caller" | "user" | "cust" | "visitor" | "external" | "end-user" | "end user"
        | "end_user" | "requester"
        | "客户" | "顾客" | "用户" | "来电人" | "客戶" | "顧客" | "用戶" | "來電者" | "来电者" | "市民"
        | "お客様" | "お客さま" | "カスタマー" | "고객" | "고객님" | "손님"
        | "klients" | "klients/e" | "kliente" | "zvanītājs" | "zvanītāja" | "pircējs" | "abonents"
        | "klientas" | "klientė" | "pirkėjas" | "skambintojas" | "helistaja"
        | "клиент" | "клиентка" | "клиентът" | "потребител" | "абонат" | "обаждащ се"
        | "покупатель" | "абонент" | "заказчик" | "звонящий" | "клієнт" | "клієнтка" | "покупець" | "замовник"
        | "kunde" | "kundin" | "kunde/kundin" | "anrufer" | "anruferin" | "kund" | "klant" | "beller"
        | "klient" | "klientka" | "rozmówca" | "dzwoniący" | "zákazník" | "zákaznice" | "zákazníčka" | "volající"
        | "volajúci" | "ügyfél" | "vevő" | "asiakas" | "soittaja"
        | "cliente" | "clienta" | "usuario" | "usuaria" | "usuário" | "usuária" | "utente" | "chiamante"
        | "appelant" | "appelante" | "usager" | "clientă" | "apelant" | "apelantă"
        | "πελάτης" | "πελάτισσα" | "πελατης" | "πελατισσα" | "müşteri" | "arayan"
        | "العميل" | "عميل" | "العميلة" | "الزبون" | "زبون" | "المتصل" | "לקוח" | "הלקוח" | "לקוחה" | "הלקוחה"
        | "ग्राहक" | "उपभोक्ता" | "ลูกค้า" | "ผู้ใช้บริการ" | "khách hàng" | "khách" | "pelanggan" | "nasabah"
        | "penelepon" => Speaker::Customer,
        "agent" | "operator" | "representative" | "rep" | "advisor" | "support" | "employee" | "assistant" | "csr"
        | "internal" | "staff" | "supervisor" | "admin" | "teammate" | "customer service" | "customer support" | "customer care"
        | "customer success" | "customer success manager" | "customer service representative" | "client service"
        | "client services" | "client support" | "client advisor" | "client manager" | "support agent"
        | "service agent" | "human agent" | "call center agent" | "user support"
        | "客服" | "坐席" | "座席" | "客服人员" | "话务员" | "客服專員" | "客服人員" | "專員" | "专员" | "接线员" | "服務人員"
        | "オペレーター" | "オペレータ" | "担当者" | "担当" | "エージェント" | "상담원" | "상담사" | "에이전트" | "직원"
        | "aģents" | "aģente" | "operators" | "operatore" | "konsultants" | "konsultante" | "darbinieks" | "darbiniece"
        | "speciālists" | "speciāliste"
        | "agentas" | "agentė" | "operatorius" | "operatorė" | "konsultantas" | "konsultantė" | "darbuotojas"
        | "darbuotoja" | "vadybininkas" | "vadybininkė" | "operaator" | "klienditeenindaja" | "klienditeenindus"
        | "teenindaja"
        | "агент" | "оператор" | "консултант" | "служител" | "сътрудник"
        | "сотрудник" | "сотрудница" | "специалист" | "консультант" | "менеджер" | "клиент-менеджер" | "поддержка"
        | "служба поддержки" | "співробітник" | "співробітниця" | "працівник" | "спеціаліст" | "фахівець"
        | "служба підтримки" | "підтримка"
        | "mitarbeiter" | "mitarbeiterin" | "agentin" | "berater" | "beraterin" | "kundenberater" | "kundenberaterin"
        | "kundenservice" | "kundendienst" | "kundenbetreuer" | "kundenbetreuerin" | "sachbearbeiter"
        | "sachbearbeiterin"
        | "handläggare" | "kundtjänst" | "operatör" | "medarbetare" | "medarbejder" | "kundeservice" | "operatør"
        | "medewerker" | "adviseur" | "klantenservice" | "klantadviseur"
        | "agentka" | "konsultant" | "konsultantka" | "pracownik" | "doradca" | "operatorka" | "operátor" | "operátorka"
        | "pracovník" | "pracovnice" | "pracovníčka" | "poradce" | "poradca" | "zaměstnanec" | "zamestnanec"
        | "ügyintéző" | "ügyfélszolgálat" | "ügyfélszolgálatos" | "munkatárs" | "asiakaspalvelija" | "asiakaspalvelu"
        | "virkailija" | "agentti" | "neuvoja"
        | "agente" | "asesor" | "asesora" | "operador" | "operadora" | "teleoperador" | "teleoperadora"
        | "representante" | "atención al cliente" | "servicio al cliente" | "operatrice" | "consulente"
        | "assistenza clienti" | "servizio clienti" | "atendente" | "atendimento ao cliente" | "apoio ao cliente"
        | "conseiller" | "conseillère" | "téléconseiller" | "téléconseillère" | "opérateur" | "opératrice"
        | "service client" | "support client" | "consilier" | "consultant" | "operatoare" | "agentă"
        | "εκπρόσωπος" | "εκπροσωπος" | "υπάλληλος" | "υπαλληλος" | "χειριστής" | "χειριστης" | "σύμβουλος" | "συμβουλος"
        | "εξυπηρέτηση πελατών" | "temsilci" | "müşteri temsilcisi" | "müşteri hizmetleri" | "danışman"
        | "الموظف" | "موظف" | "الموظفة" | "موظفة" | "الوكيل" | "وكيل" | "خدمة العملاء" | "موظف خدمة العملاء"
        | "ممثل خدمة العملاء" | "נציג" | "נציגה" | "הנציג" | "הנציגה" | "נציג שירות" | "נציגת שירות" | "שירות לקוחות"
        | "מוקדן" | "מוקדנית"
        | "एजेंट" | "प्रतिनिधि" | "ग्राहक सेवा" | "ग्राहक सेवा प्रतिनिधि" | "ऑपरेटर" | "เจ้าหน้าที่" | "พนักงาน" | "nhân viên"
        | "tổng đài viên" | "tư vấn viên" | "điện thoại viên" | "agen" | "petugas" | "staf" | "layanan pelanggan"
        => Speaker::Agent,
        "system" | "ivr" | "bot" | "chatbot" | "virtual agent" | "virtual assistant" | "acd" | "automatic" | "notification"
        | "automated_agent" | "custom_bot" | "automated agent" | "workflow" | "automation" | "voicebot"
        | "系统" | "机器人" | "系統" | "機器人" | "智能客服" | "自动回复" | "語音系統"
        | "システム" | "ボット" | "チャットボット" | "自動音声" | "자동응답" | "시스템" | "챗봇" | "봇"
        | "sistēma" | "bots" | "robots" | "automāts" | "virtuālais asistents"
        | "sistema" | "botas" | "robotas" | "süsteem" | "robot"
        | "система" | "бот" | "робот" | "автомат" | "автоответчик" | "чат-бот"
        | "sprachcomputer" | "systeem" | "systemet" | "automat" | "systém" | "rendszer" | "järjestelmä" | "botti"
        | "système" | "serveur vocal" | "svi" | "risponditore" | "ura" | "robô" | "sistem" | "σύστημα" | "συστημα"
        | "النظام" | "نظام" | "الرد الآلي" | "מערכת" | "המערכת" | "בוט" | "सिस्टम" | "बॉट" | "ระบบ" | "บอท" | "แชทบอท"
        | "hệ thống" => Speaker::System,
        "unknown" => Speaker::Unknown,
        _ => return None,
    })
}

/// Who speaks, by a label as people write it: a known word, alone or with a name or a number after it.
pub(super) fn role(label: &str) -> Option<Speaker> {
    /// `Agent Anna Maria Ruiz`, not `Agent told me that it is`.
    const MOST_NAMES: usize = 3;
    let label = label.trim().trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    if let Some(speaker) = speaker(label) {
        return Some(speaker);
    }
    // The longest word first: a `customer service agent` is no customer.
    let cuts = label.rmatch_indices([' ', '(', '（', '-', '_', '#']);
    cuts.filter(|(at, _)| label[*at..].split_whitespace().count() <= MOST_NAMES)
        .find_map(|(at, _)| speaker(label[..at].trim_end()))
}

/// The tag of a language that is written by name; tags stay as they are, with `-` for `_`.
pub(super) fn language(word: &str) -> String {
    let tag = match word.to_lowercase().as_str() {
        "english" | "英文" | "英语" | "英語" | "angļu" | "английски" => "en",
        "chinese" | "中文" | "汉语" | "漢語" | "ķīniešu" | "китайски" => "zh",
        "latvian" | "latviešu" | "латышский" | "латвийски" | "拉脱维亚语" => "lv",
        "bulgarian" | "български" | "bulgāru" | "保加利亚语" => "bg",
        "russian" | "русский" | "krievu" | "руски" | "俄语" | "俄語" => "ru",
        _ => return word.replace('_', "-"),
    };
    tag.to_string()
}

/// What programs write for a missing value, in any column.
pub(super) fn is_null_word(word: &str) -> bool {
    // Nearly every cell begins with something else.
    if !matches!(word.as_bytes().first(), Some(b'n' | b'N' | b'#' | b'\\' | b'<' | b'(' | b'u' | b'U')) {
        return false;
    }
    const WORDS: [&str; 10] =
        ["null", "nan", "n/a", "#n/a", "na", "\\n", "<null>", "(null)", "<na>", "undefined"];
    word.len() <= 9 && WORDS.iter().any(|null| word.eq_ignore_ascii_case(null))
}

/// What people and switches write in an identity column when they do not know who it is.
///
/// `0` is not among them: it can be a real id, so the user lists it in `blank`.
pub(super) fn is_nobody(word: &str) -> bool {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    if word.bytes().all(|byte| matches!(byte, b'-' | b'.' | b'?' | b'*' | b'_')) {
        return true;
    }
    const WORDS: [&str; 28] = [
        "none",
        "anonymous",
        "anonym",
        "unknown",
        "private",
        "restricted",
        "withheld",
        "unavailable",
        "not available",
        "no caller id",
        "guest",
        "nil",
        "匿名",
        "未知",
        "无",
        "無",
        "隐藏号码",
        "未知號碼",
        "anonīms",
        "nezināms",
        "nav",
        "slēpts",
        "анонимен",
        "неизвестен",
        "няма",
        "скрит",
        "непознат",
        "nobody",
    ];
    if word.len() > 24 {
        return false;
    }
    let lower = word.to_lowercase();
    WORDS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_four_languages_are_known() {
        for word in ["Answered", "已接听", "Atbildēts", "Отговорен", "closed"] {
            assert_eq!(status(word), Some(Status::Handled), "{word}");
        }
        for word in ["abandoned", "未接", "pamests", "ИЗПУСНАТ"] {
            assert_eq!(status(word), Some(Status::Abandoned), "{word}");
        }
        for word in ["Inbound", "呼入", "ienākošs", "входящо"] {
            assert_eq!(direction(word), Some(Direction::Inbound), "{word}");
        }
        for word in ["Customer", "客户", "顧客", "Klients", "КЛИЕНТ"] {
            assert_eq!(speaker(word), Some(Speaker::Customer), "{word}");
        }
        for word in ["Phone", "电话", "tālrunis", "телефон"] {
            assert_eq!(channel(word), Some("voice"), "{word}");
        }
        for (word, expected) in
            [("Решен", true), ("未解决", false), ("Atrisināts", true), ("escalated", false)]
        {
            assert_eq!(is_resolved(word), Some(expected), "{word}");
        }
        for (word, expected) in [
            ("Yes", true),
            ("否", false),
            ("Pirmo reizi", true),
            ("НЕ", false),
            ("again", false),
            ("0", false),
        ] {
            assert_eq!(is_first(word), Some(expected), "{word}");
        }
        for (word, expected) in [("yes", true), ("是", true), ("jā", true), ("не", false), ("0.0", false)]
        {
            assert_eq!(is_resolved(word), Some(expected), "{word}");
        }
    }

    #[test]
    fn both_sides_of_a_call_are_known_in_every_language_of_the_lexicons() {
        let words = [
            ("ar", "العميل", "الموظف"),
            ("bg", "Клиент", "Служител"),
            ("cs", "Zákazník", "Operátor"),
            ("da", "Kunde", "Medarbejder"),
            ("de", "Kundin", "Mitarbeiter"),
            ("el", "ΠΕΛΆΤΗΣ", "Εκπρόσωπος"),
            ("en", "Customer", "Agent"),
            ("es", "Cliente", "Asesora"),
            ("et", "Klient", "Klienditeenindaja"),
            ("fi", "Asiakas", "Asiakaspalvelija"),
            ("fr", "Client", "Conseillère"),
            ("he", "לקוח", "נציגה"),
            ("hi", "ग्राहक", "एजेंट"),
            ("hu", "Ügyfél", "Ügyintéző"),
            ("id", "Pelanggan", "Petugas"),
            ("it", "Cliente", "Operatrice"),
            ("ja", "お客様", "オペレーター"),
            ("ko", "고객", "상담원"),
            ("lt", "Klientas", "Darbuotoja"),
            ("lv", "Klients", "Darbinieks"),
            ("nl", "Klant", "Medewerker"),
            ("pl", "Klientka", "Konsultant"),
            ("pt", "Usuário", "Atendente"),
            ("ro", "Client", "Consilier"),
            ("ru", "Клиент", "Сотрудник"),
            ("sk", "Zákazníčka", "Pracovník"),
            ("sv", "Kund", "Handläggare"),
            ("th", "ลูกค้า", "เจ้าหน้าที่"),
            ("tr", "MÜŞTERİ", "Müşteri Temsilcisi"),
            ("uk", "Клієнт", "Працівник"),
            ("vi", "Khách hàng", "Nhân viên"),
            ("zh", "客户", "坐席"),
        ];
        let languages: Vec<&str> = words.iter().map(|(language, ..)| *language).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("lexicons/repeat");
        let mut of_lexicons: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        of_lexicons.sort();
        assert_eq!(languages, of_lexicons);
        for (language, customer, agent) in words {
            assert_eq!(speaker(customer), Some(Speaker::Customer), "{language}");
            assert_eq!(speaker(agent), Some(Speaker::Agent), "{language}");
        }
    }

    #[test]
    fn a_label_may_have_a_name_or_a_number_and_its_longest_word_counts() {
        for (label, expected) in [
            ("Agent Anna Maria Ruiz", Some(Speaker::Agent)),
            ("Customer Service", Some(Speaker::Agent)),
            ("Customer (Ilze)", Some(Speaker::Customer)),
            ("Müşteri Temsilcisi Ayşe", Some(Speaker::Agent)),
            ("Khách hàng 2", Some(Speaker::Customer)),
            ("客户1", Some(Speaker::Customer)),
            ("Agent told me one thing clearly", None),
            ("speaker 1", None),
            ("spk_0", None),
            ("12", None),
        ] {
            assert_eq!(role(label), expected, "{label}");
        }
    }

    #[test]
    fn a_call_at_an_agreed_time_is_a_callback_and_a_visit_of_the_company_is_not() {
        for word in ["CALLBACK", "Call back", "scheduled callback", "预约回拨", "atzvans", "Обратно обаждане"]
        {
            assert_eq!(direction(word), Some(Direction::Callback), "{word}");
        }
        assert_eq!(direction("回访"), Some(Direction::Outbound));
    }

    #[test]
    fn an_unknown_word_is_not_guessed() {
        assert_eq!(status("purple"), None);
        assert_eq!(direction("sideways"), None);
        assert_eq!(is_resolved("billing"), None);
        assert_eq!(is_first("resolved"), None);
        assert!(is_no_answer("Not sure") && !is_no_answer("no"));
    }

    #[test]
    fn placeholders_for_nobody_are_blank_and_zero_is_not() {
        for word in ["Anonymous", "-", "--", "未知", "nezināms", "Неизвестен", "none"] {
            assert!(is_nobody(word), "{word}");
        }
        for word in ["0", "A-1", "nonesuch", "Navarro"] {
            assert!(!is_nobody(word), "{word}");
        }
        assert!(is_null_word("NULL") && is_null_word("NaN") && is_null_word("\\N"));
        assert!(!is_null_word("Nadia") && !is_null_word("none"));
    }
}
