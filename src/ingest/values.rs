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
        | "open" | "new" | "pending" | "in progress" | "on hold" | "agent" | "yes" | "y" | "true" | "answer"
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
fn yes_or_no(word: &str) -> Option<bool> {
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

/// Who speaks: the labels of transcripts and the roles of exports.
#[rustfmt::skip]
pub(super) fn speaker(word: &str) -> Option<Speaker> {
    // The native names first: they are what most lines say, and comparing them needs no allocation.
    match word {
        "customer" => return Some(Speaker::Customer),
        "agent" => return Some(Speaker::Agent),
        "system" => return Some(Speaker::System),
        _ => {}
    }
    Some(match word.to_lowercase().as_str() {
        "customer" | "client" | "caller" | "user" | "cust" | "visitor" | "external" | "end-user" | "end user"
        | "end_user"
        | "客户" | "顾客" | "用户" | "来电人" | "客戶" | "顧客" | "用戶" | "來電者" | "来电者" | "市民"
        | "klients" | "klients/e" | "kliente" | "zvanītājs" | "zvanītāja" | "pircējs" | "abonents"
        | "клиент" | "клиентка" | "клиентът" | "потребител" | "абонат" | "обаждащ се" => Speaker::Customer,
        "agent" | "operator" | "representative" | "rep" | "advisor" | "support" | "employee" | "assistant" | "csr"
        | "internal" | "staff" | "supervisor"
        | "客服" | "坐席" | "座席" | "客服人员" | "话务员" | "客服專員" | "客服人員" | "專員" | "专员" | "接线员" | "服務人員"
        | "aģents" | "aģente" | "operators" | "operatore" | "konsultants" | "konsultante" | "darbinieks" | "darbiniece"
        | "speciālists" | "speciāliste"
        | "агент" | "оператор" | "консултант" | "служител" | "сътрудник" => Speaker::Agent,
        "system" | "ivr" | "bot" | "chatbot" | "virtual agent" | "virtual assistant" | "acd" | "automatic" | "notification"
        | "automated_agent" | "custom_bot"
        | "系统" | "机器人" | "系統" | "機器人" | "智能客服" | "自动回复" | "語音系統"
        | "sistēma" | "bots" | "robots" | "automāts" | "virtuālais asistents"
        | "система" | "бот" | "робот" | "автомат" => Speaker::System,
        "unknown" => Speaker::Unknown,
        _ => return None,
    })
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
