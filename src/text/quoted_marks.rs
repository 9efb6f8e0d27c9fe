//! What mail programs write around an older message, in every language of the built-in lexicons. Small letters.

/// The languages that the lists cover.
#[cfg(test)]
pub(super) const LANGUAGES: [&str; 32] = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hi", "hu", "id", "it", "ja",
    "ko", "lt", "lv", "nl", "pl", "pt", "ro", "ru", "sk", "sv", "th", "tr", "uk", "vi", "zh",
];

/// The word for `wrote` in a line that ends with a colon.
#[rustfmt::skip]
pub(super) const WROTE: [&str; 50] = [
    "كتب", "كتابة ما يلي", "написа", "napsal", "skrev", "schrieb", "έγραψε", "wrote", "escribió", "kirjutas", "kirjoitti",
    "a écrit", "écrivait", "écrit :", "כתב", "מאת", "लिखा", "írta", "menulis", "ha scritto", "scrive", "書きました", "のメール",
    "作成", "작성", "썼습니다", "rašė", "rakstīja", "raksta", "schreef", "geschreven", "napisał", "pisze", "escreveu", "a scris",
    "пишет", "писал", "писа:", "napísal", "píše", "เขียนว่า", "เขียน:", "yazdı", "пише", "написав", "viết", "写道", "寫道",
    "写到", "來信",
];

/// From; sent or date; to; subject: the header of an older message, a language a row.
#[rustfmt::skip]
pub(super) const HEADERS: [[&[&str]; 4]; 33] = [
    [&["من"], &["تم الإرسال", "أرسلت", "تاريخ الإرسال", "التاريخ"], &["إلى"], &["الموضوع"]],
    [&["от"], &["изпратено", "дата"], &["до"], &["относно", "тема"]],
    [&["od"], &["odesláno", "datum"], &["komu"], &["předmět"]],
    [&["fra"], &["sendt", "dato"], &["til"], &["emne"]],
    [&["von"], &["gesendet", "datum"], &["an"], &["betreff"]],
    [&["από"], &["στάλθηκε", "ημερομηνία"], &["προς"], &["θέμα"]],
    [&["from"], &["sent", "date"], &["to"], &["subject"]],
    [&["de"], &["enviado", "enviado el", "fecha"], &["para"], &["asunto"]],
    [&["saatja", "kellelt"], &["saadetud", "kuupäev"], &["adressaat", "saaja", "kellele"], &["teema"]],
    [&["lähettäjä"], &["lähetetty", "päivämäärä", "päiväys"], &["vastaanottaja"], &["aihe"]],
    [&["de"], &["envoyé", "date"], &["à", "a"], &["objet", "sujet"]],
    [&["מאת"], &["נשלח", "תאריך"], &["אל"], &["נושא"]],
    [&["प्रेषक", "से"], &["भेजा गया", "दिनांक"], &["प्रति", "को"], &["विषय"]],
    [&["feladó"], &["elküldve", "küldve", "dátum"], &["címzett"], &["tárgy"]],
    [&["dari"], &["dikirim", "tanggal"], &["kepada", "ke"], &["subjek", "perihal"]],
    [&["da"], &["inviato", "data"], &["a"], &["oggetto"]],
    [&["差出人", "送信者"], &["送信日時", "日付", "日時"], &["宛先"], &["件名"]],
    [&["보낸 사람", "보낸사람"], &["보낸 날짜", "보낸날짜", "날짜"], &["받는 사람", "받는사람"], &["제목"]],
    [&["nuo", "siuntėjas"], &["išsiųsta", "data"], &["kam", "gavėjas", "iki"], &["tema"]],
    [&["no"], &["nosūtīts", "datums"], &["kam"], &["temats", "tēma"]],
    [&["van"], &["verzonden", "datum"], &["aan"], &["onderwerp"]],
    [&["od"], &["wysłano", "wysłane", "data"], &["do"], &["temat"]],
    [&["de"], &["enviado", "enviada", "enviada em", "data"], &["para"], &["assunto"]],
    [&["de la", "de"], &["trimis", "expediat", "data"], &["către", "la"], &["subiect"]],
    [&["от"], &["отправлено", "дата"], &["кому"], &["тема"]],
    [&["od", "odosielateľ"], &["odoslané", "dátum"], &["komu"], &["predmet"]],
    [&["från"], &["skickat", "datum"], &["till"], &["ämne"]],
    [&["จาก"], &["ส่ง", "ส่งเมื่อ", "วันที่"], &["ถึง"], &["เรื่อง", "ชื่อเรื่อง"]],
    [&["kimden", "gönderen"], &["gönderildi", "gönderilme tarihi", "tarih"], &["kime"], &["konu"]],
    [&["від"], &["надіслано", "відправлено", "дата"], &["кому"], &["тема"]],
    [&["từ"], &["đã gửi", "gửi", "ngày"], &["đến", "tới"], &["chủ đề", "tiêu đề"]],
    [&["发件人", "寄件者", "寄件人"], &["发送时间", "发送日期", "日期", "寄件日期", "傳送時間"], &["收件人", "收件者"], &["主题", "主旨", "主題"]],
    // Norwegian.
    [&["fra"], &["sendt", "dato"], &["til"], &["emne"]],
];

/// `Original message`, between dashes.
#[rustfmt::skip]
pub(super) const ORIGINAL: [&str; 56] = [
    "الرسالة الأصلية", "رسالة أصلية", "оригинално съобщение", "původní zpráva", "původní e-mail", "oprindelig meddelelse",
    "original meddelelse", "opprinnelig melding", "ursprüngliche nachricht", "originalnachricht", "original-nachricht",
    "αρχικό μήνυμα", "original message", "original appointment", "reply above this line", "mensaje original", "algne sõnum",
    "algne teade", "alkuperäinen viesti", "message d'origine", "message original", "message initial", "הודעה מקורית",
    "मूल संदेश", "eredeti üzenet", "pesan asli", "messaggio originale", "元のメッセージ", "オリジナルメッセージ", "원본 메시지",
    "원본 메일", "pradinis pranešimas", "pradinis laiškas", "originalus laiškas", "sākotnējais ziņojums",
    "oriģinālais ziņojums", "oorspronkelijk bericht", "origineel bericht", "oryginalna wiadomość", "wiadomość oryginalna",
    "mensagem original", "mesaj original", "mesajul original", "исходное сообщение", "оригинальное сообщение",
    "pôvodná správa", "ursprungligt meddelande", "originalmeddelande", "ข้อความต้นฉบับ", "ข้อความเดิม", "özgün i\u{307}leti",
    "orijinal mesaj", "вихідне повідомлення", "початкове повідомлення", "thư gốc", "原始邮件",
];

/// `Forwarded message` and more words for the original, between dashes.
#[rustfmt::skip]
pub(super) const FORWARDED: [&str; 40] = [
    "رسالة معاد توجيهها", "препратено съобщение", "přeposlaná zpráva", "videresendt meddelelse", "videresendt melding",
    "weitergeleitete nachricht", "προωθημένο μήνυμα", "forwarded message", "mensaje reenviado", "edastatud sõnum",
    "välitetty viesti", "message transféré", "הודעה שהועברה", "अग्रेषित संदेश", "továbbított üzenet", "pesan terusan",
    "messaggio inoltrato", "転送メッセージ", "転送されたメッセージ", "전달된 메시지", "persiųstas laiškas", "persiųstas pranešimas",
    "pārsūtītais ziņojums", "pārsūtīta vēstule", "doorgestuurd bericht", "wiadomość przekazana dalej", "mensagem encaminhada",
    "mesaj redirecționat", "пересылаемое сообщение", "пересланное сообщение", "preposlaná správa",
    "vidarebefordrat meddelande", "ข้อความที่ส่งต่อ", "iletilen mesaj", "özgün ileti", "переслане повідомлення",
    "thư đã chuyển tiếp", "转发的邮件", "原始郵件", "轉寄郵件",
];

/// What lines such as `Sent from my iPhone` begin with.
#[rustfmt::skip]
pub(super) const SENT_FROM: [&str; 54] = [
    "أُرسلت من", "أرسلت من", "تم الإرسال من", "изпратено от", "odesláno z", "sendt fra", "von meinem ", "gesendet von",
    "gesendet mit", "gesendet über", "στάλθηκε από", "sent from", "sent via", "get outlook for", "enviado desde",
    "enviado de", "enviado do", "enviado a partir", "saadetud", "lähetetty", "envoyé de", "envoyé depuis",
    "envoyé à partir", "télécharger outlook", "נשלח מ", "dikirim dari", "inviato da", "išsiųsta iš", "siųsta iš",
    "nosūtīts no", "sūtīts no", "verzonden vanaf", "verstuurd vanaf", "verzonden met", "wysłano z", "wysłane z",
    "trimis de pe", "trimis din", "отправлено с", "отправлено из", "odoslané z", "poslané z", "skickat från", "ส่งจาก",
    "надіслано з", "відправлено з", "đã gửi từ", "gửi từ", "发自我的", "發自我的", "从我的", "來自我的", "来自我的", "傳送自",
];

/// What they end with, in languages whose verb stands last.
#[rustfmt::skip]
pub(super) const SENT_FROM_ENDS: [&str; 9] = [
    "से भेजा गया", "küldve", "から送信", "에서 보냄", "gönderildi", "gesendet", "에서 보냈습니다", "发送", "傳送",
];
