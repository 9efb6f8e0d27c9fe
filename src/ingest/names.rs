//! Column names that are recognised without a mapping, in English, Chinese, Latvian and Bulgarian.
//!
//! Takes a column name, knows its field. Only names that leave little doubt: a wrong guess costs more than a
//! line in `recontact.toml`. Within a field the earlier name wins where a file has several of them.

use crate::config::Field;

/// Names per field, normalised as by [`normalised`], the most telling first.
#[rustfmt::skip]
pub(super) const NAMES: &[(Field, &[&str])] = &[
    (Field::InteractionId, &[
        "interactionid", "contactid", "conversationid", "callid", "ticketid", "caseid", "chatid", "sessionid",
        "callsid", "ticketnumber", "casenumber", "ticketno", "caseno", "callno", "incidentid", "incidentnumber",
        "messageid", "emailid", "tweetid", "ucid", "recordid", "id",
        "工单号", "工单编号", "工单id", "通话编号", "通话id", "会话编号", "会话id", "流水号", "来电编号", "案件编号",
        "工單號", "工單編號", "通話編號", "案件編號", "對話編號",
        "zvanaid", "zvananumurs", "pieteikumaid", "pieteikumanumurs", "pieteikumanr", "sarunasid", "kontaktaid",
        "номернаобаждане", "идентификаторнаобаждане", "обажданеid", "номернасигнал", "номернаслучай",
        "номернаразговор", "номернатикет", "тикет", "заявканомер", "номерназаявка",
    ]),
    (Field::CustomerId, &[
        "customerid", "custid", "clientid", "callerid", "customer", "customernumber", "customerno", "client",
        "caller", "accountid", "accountnumber", "account", "userid", "memberid", "subscriberid", "contactkey",
        "requesterid", "requester", "authorid",
        "客户编号", "客户号", "客户id", "会员号", "用户编号", "用户id", "账户", "账号", "客户",
        "客戶編號", "客戶號", "客戶id", "會員編號", "用戶編號", "帳號", "客戶",
        "klientaid", "klientanr", "klientanumurs", "klients", "klientakods", "abonents", "abonentanr",
        "клиентид", "клиентскиномер", "номернаклиент", "клиент", "абонат", "абонатенномер", "idнаклиент",
    ]),
    (Field::Phone, &[
        "phone", "phonenumber", "telephone", "ani", "customerphone", "callernumber", "callerphone", "fromnumber",
        "msisdn", "mobile", "mobilenumber", "cli",
        "电话", "电话号码", "手机", "手机号", "手机号码", "来电号码", "主叫号码", "客户电话", "联系电话",
        "電話", "電話號碼", "手機", "手機號碼", "來電號碼",
        "telefons", "talrunis", "telefonanumurs", "tālrunis", "tālruņanumurs", "tālrunanumurs",
        "телефон", "телефоненномер", "номернателефон", "мобилен",
    ]),
    (Field::Email, &[
        "email", "emailaddress", "customeremail", "mail", "fromemail", "requesteremail",
        "邮箱", "电子邮件", "邮箱地址", "電子郵件", "電郵", "郵箱",
        "epasts", "epastaadrese", "имейл", "електроннапоща", "епоща",
    ]),
    (Field::NationalId, &[
        "nationalid", "personalcode", "ssn", "personalid", "身份证", "身份证号", "身份證", "身分證字號",
        "personaskods", "егн",
    ]),
    (Field::Name, &[
        "customername", "clientname", "callername", "fullname", "客户姓名", "客户名称", "姓名", "客戶姓名",
        "klientavārds", "vārdsuzvārds", "именаклиент", "имеиклиент", "имена",
    ]),
    (Field::StartedAt, &[
        "startedat", "starttime", "callstart", "callstarttime", "startdatetime", "starttimestamp", "startdate",
        "openedat", "opened", "opendate", "createdat", "created", "createddate", "creationdate", "creationtime",
        "datecreated", "createdon", "receivedat", "contactdate", "contacttime", "datetime", "timestamp",
        "initiationtimestamp", "conversationstart", "calldatetime", "submittedat", "sentat",
        "开始时间", "通话开始时间", "创建时间", "呼入时间", "受理时间", "进线时间", "接入时间", "建单时间",
        "開始時間", "建立時間", "通話開始時間", "進線時間", "受理時間",
        "sākumalaiks", "sākums", "zvanasākums", "izveidots", "izveidošanaslaiks", "reģistrēts", "datumsunlaiks",
        "saņemts", "saņemšanaslaiks",
        "начало", "началеначас", "началночас", "създаден", "създаденна", "създаденона",
        "датаичас", "постъпилна", "датанасъздаване",
    ]),
    (Field::EndedAt, &[
        "endedat", "endtime", "callend", "callendtime", "enddatetime", "endtimestamp", "enddate", "closedat",
        "closed", "closeddate", "resolvedat", "conversationend", "disconnecttimestamp", "finishedat",
        "结束时间", "通话结束时间", "挂断时间", "关闭时间", "完成时间", "結束時間", "關閉時間", "通話結束時間",
        "beigulaiks", "beigas", "zvanabeigas", "slēgts", "pabeigts",
        "край", "краеначас", "краенчас", "приключен", "приключенна", "затворенна",
    ]),
    (Field::UpdatedAt, &[
        "updatedat", "lastupdated", "lastupdatedat", "lastupdate", "updatedon", "updateddate", "dateupdated",
        "modifiedat", "modified", "modifiedon", "modifieddate", "datemodified", "lastmodified", "lastmodifiedat",
        "lastmodifieddate", "lastmodifiedon", "systemmodstamp", "sysupdatedon",
        "更新时间", "最后更新时间", "修改时间", "最后修改时间", "更新時間", "修改時間",
        "atjaunināts", "atjaunots", "labots", "pēdējāsizmaiņas", "обновен", "обновенна", "променен", "промененна",
    ]),
    (Field::HandleSeconds, &[
        "handleseconds", "handletime", "aht", "duration", "callduration", "durationseconds", "durationsec",
        "handletimeseconds", "totalduration", "callseconds",
        "处理时长", "通话时长", "时长", "處理時長", "通話時長", "通話時間",
        "ilgums", "zvanailgums", "apstrādeslaiks", "продължителност", "времетраене", "времезаобработка",
    ]),
    (Field::TalkSeconds, &[
        "talkseconds", "talktime", "talkduration", "talktimeseconds", "交谈时长", "通話秒數", "sarunasilgums",
        "sarunaslaiks", "времезаразговор",
    ]),
    (Field::HoldSeconds, &[
        "holdseconds", "holdtime", "holdduration", "holdtimeseconds", "保持时长", "保留時長", "aizturēšanaslaiks",
        "временазадържане",
    ]),
    (Field::WaitSeconds, &[
        "waitseconds", "waittime", "queuetime", "waitingtime", "queueseconds", "timeinqueue", "speedofanswer",
        "asa", "等待时长", "排队时长", "等待时间", "等待時長", "等候時間", "排隊時間",
        "gaidīšanaslaiks", "gaidīšana", "времезачакане", "изчакване",
    ]),
    (Field::Channel, &[
        "channel", "mediatype", "media", "contactchannel", "channeltype", "渠道", "来源渠道", "渠道类型", "通路",
        "渠道類型", "kanāls", "saziņaskanāls", "канал",
    ]),
    (Field::Direction, &[
        "direction", "calldirection", "inboundoutbound", "callinoutbound", "initiationmethod", "方向", "呼叫方向", "呼叫类型",
        "通話方向", "virziens", "zvanavirziens", "посока", "посоканаобаждане",
    ]),
    (Field::Category, &[
        "category", "contactreason", "callreason", "reason", "topic", "issuecategory", "issuetype", "issue",
        "casetype", "tickettype", "calltype", "subject", "contacttype", "reasoncode", "problemtype", "querytype",
        "问题类别", "问题分类", "问题类型", "类别", "分类", "来电原因", "咨询类型", "业务类型", "工单类型", "诉求类别",
        "問題類別", "問題分類", "問題類型", "類別", "分類", "來電原因", "業務類型",
        "kategorija", "iemesls", "zvanaiemesls", "tēma", "temats", "problēma", "problēmasveids",
        "категория", "причина", "причиназаобаждане", "тема", "видпроблем", "типпроблем",
    ]),
    (Field::Subcategory, &[
        "subcategory", "subreason", "subtopic", "subtype", "categorylevel2", "category2", "子类别", "二级分类",
        "问题子类", "小类", "子類別", "次分類", "小類", "apakškategorija", "подкатегория",
    ]),
    (Field::Queue, &[
        "queue", "queuename", "skill", "skillgroup", "skillname", "split", "vdn", "队列", "技能组", "排队队列",
        "佇列", "隊列", "技能組", "rinda", "опашка",
    ]),
    (Field::AgentId, &[
        "agentid", "agent", "agentname", "operator", "operatorid", "representative", "rep", "assignee", "assignedto",
        "advisor", "handledby", "owner", "坐席", "坐席工号", "坐席编号", "工号", "客服", "客服工号", "客服人员", "处理人",
        "座席", "客服人員", "專員", "處理人",
        "aģents", "aģentaid", "operators", "konsultants", "darbinieks", "агент", "оператор", "служител", "консултант",
    ]),
    (Field::Team, &[
        "team", "teamname", "agentgroup", "group", "department", "班组", "团队", "小组", "部门", "組別", "團隊", "部門",
        "komanda", "grupa", "nodaļa", "екип", "група", "отдел",
    ]),
    (Field::Status, &[
        "status", "callstatus", "callresult", "answered", "callanswered", "contactstatus", "状态", "通话状态", "接听状态",
        "工单状态", "狀態", "通話狀態", "statuss", "zvanastatuss", "статус", "състояние",
    ]),
    (Field::ParentId, &[
        "parentid", "initialcontactid", "previouscontactid", "parentcallid", "transferredfrom", "originalcontactid",
        "relatedcontactid", "父工单号", "原通话编号", "sākotnējāzvanaid",
    ]),
    (Field::TransferCount, &[
        "transfercount", "transfers", "numtransfers", "transfernumber", "转接次数", "轉接次數", "pārsūtījumi",
        "pāradresācijas", "прехвърляния", "бройпрехвърляния",
    ]),
    (Field::Disposition, &[
        "disposition", "dispositioncode", "wrapupcode", "wrapup", "resolution", "resolutioncode", "resolutionstatus",
        "callresolution", "result", "处理结果", "解决状态", "处理状态", "處理結果", "解決狀態",
        "rezultāts", "risinājums", "резултат", "решение", "изход",
    ]),
    (Field::IsCodedResolved, &[
        "iscodedresolved", "resolved", "isresolved", "fcr", "firstcallresolution", "firstcontactresolution",
        "issueresolved", "problemsolved", "是否解决", "已解决", "是否一次解决", "首次解决", "是否解決", "已解決",
        "atrisināts", "irbeigts", "решен", "решено", "разрешен",
    ]),
    (Field::ReopenCount, &[
        "reopencount", "reopens", "reopened", "reopenedcount", "numreopens", "重开次数", "重启次数", "重開次數",
        "atkārtotiatvērts", "повторноотваряния", "бройотваряния",
    ]),
    (Field::ReplyCount, &[
        "replycount", "replies", "numreplies", "numberofreplies", "agentreplies", "agentreplycount", "publicreplies",
        "publicreplycount", "publiccomments", "回复次数", "客服回复次数", "回复数", "回覆次數", "客服回覆次數",
        "atbilžuskaits", "бройотговори",
    ]),
    (Field::AgentCount, &[
        "agentcount", "numagents", "numberofagents", "agentsinvolved", "assigneestations", "坐席人数", "参与坐席数", "经手人数",
        "座席人數", "經手人數", "aģentuskaits", "бройагенти", "бройоператори",
    ]),
    (Field::Csat, &[
        "csat", "csatscore", "satisfaction", "satisfactionscore", "satisfactionrating", "customersatisfaction",
        "满意度", "满意度评分", "滿意度", "apmierinātība", "vērtējums", "удовлетвореност", "оценка",
    ]),
    (Field::Nps, &["nps", "npsscore", "netpromoterscore", "净推荐值", "淨推薦值"]),
    (Field::SurveyIsFirst, &[
        "surveyisfirst", "surveyfirstcontact", "surveyfirstcall", "wasthisyourfirstcontact",
        "wasthisyourfirstcontactaboutthis", "wasthisyourfirstcontactaboutthisissue", "isthisyourfirstcontact",
        "是否首次联系", "是否首次来电", "是否第一次来电", "是否首次聯繫", "是否首次來電", "vaisazinājātiespirmoreizi",
        "запървипътлинитърсите",
    ]),
    (Field::SurveyContactCount, &[
        "surveycontactcount", "surveycontacts", "howmanycontactsdidittake", "howmanytimesdidyoucontactus",
        "contactstoresolve", "解决所需联系次数", "为此联系次数", "解決所需聯繫次數", "cikreižusazinājāties",
        "колкопътисесвързахте",
    ]),
    (Field::SurveyIsResolved, &[
        "surveyisresolved", "surveyresolved", "wasitresolved", "wasyourissueresolved", "wasyourproblemsolved",
        "customersaysresolved", "您的问题是否解决", "您的问题解决了吗", "您的問題是否解決", "vaijūsuproblēmatikaatrisināta",
        "решенлиепроблемътви",
    ]),
    (Field::Language, &[
        "language", "lang", "languagecode", "locale", "语言", "语种", "語言", "語種", "valoda", "език",
    ]),
    (Field::ArticleId, &[
        "articleid", "kbarticle", "knowledgearticle", "kbid", "article", "知识编号", "知识库文章", "知識編號",
        "rakstaid", "raksts", "статия",
    ]),
    (Field::Speaker, &[
        "speaker", "role", "participant", "participantrole", "speakerrole", "author", "说话人", "角色", "說話人",
        "runātājs", "говорещ", "говорител",
    ]),
    (Field::AtSeconds, &["atseconds", "offsetseconds", "startseconds", "turnstart"]),
    (Field::Text, &[
        "text", "utterance", "message", "messagetext", "body", "transcripttext", "content", "对话内容", "消息内容", "文本",
        "對話內容", "訊息內容", "teksts", "ziņojums", "текст", "съобщение",
    ]),
    (Field::Turns, &["turns"]),
];

/// Names that mean an answer of the customer in a source of surveys, and something else or nothing in another.
#[rustfmt::skip]
pub(super) const SURVEY_NAMES: &[(Field, &[&str])] = &[
    (Field::SurveyIsFirst, &[
        "isfirst", "first", "firstcontact", "isfirstcontact", "firstcall", "firsttime", "首次联系", "首次来电", "首次來電",
        "pirmāreize", "първиконтакт",
    ]),
    (Field::SurveyContactCount, &[
        "contactcount", "contacts", "numberofcontacts", "timescontacted", "联系次数", "来电次数", "聯繫次數", "來電次數",
        "saziņureizes", "бройконтакти",
    ]),
    (Field::SurveyIsResolved, &[
        "isresolved", "resolved", "issueresolved", "problemsolved", "是否解决", "已解决", "是否解決", "已解決", "atrisināts",
        "решен", "решено",
    ]),
];

/// Names in a source of articles, where `id` is the article's and `content` no turn.
#[rustfmt::skip]
pub(super) const ARTICLE_NAMES: &[(Field, &[&str])] = &[
    (Field::ArticleId, &[
        "articleid", "id", "kbid", "knowledgeid", "articlenumber", "kbarticle", "article", "slug",
        "知识编号", "文章编号", "知識編號", "文章編號", "rakstaid", "статияid",
    ]),
    (Field::Title, &[
        "title", "question", "name", "subject", "headline", "heading", "标题", "问题", "標題", "問題", "virsraksts",
        "nosaukums", "jautājums", "заглавие", "въпрос",
    ]),
    (Field::Body, &[
        "body", "content", "answer", "text", "bodyhtml", "articlebody", "html", "正文", "内容", "答案", "內容",
        "saturs", "teksts", "atbilde", "съдържание", "отговор", "текст",
    ]),
    (Field::Language, &["language", "lang", "locale", "languagecode", "语言", "語言", "valoda", "език"]),
    (Field::Category, &[
        "category", "section", "categoryname", "sectionname", "topic", "类别", "分类", "類別", "分類", "kategorija",
        "sadaļa", "категория", "раздел",
    ]),
];

/// Names of a column that has the day, where another has the time of day.
pub(super) const DATE_NAMES: &[&str] = &[
    "date",
    "calldate",
    "contactdate",
    "startdate",
    "day",
    "日期",
    "来电日期",
    "通话日期",
    "呼叫日期",
    "受理日期",
    "來電日期",
    "通話日期",
    "datums",
    "zvanadatums",
    "дата",
    "датанаобаждане",
];

/// Names of a column that has the time of day, where another has the day.
pub(super) const TIME_NAMES: &[&str] = &[
    "time",
    "calltime",
    "contacttime",
    "starttime",
    "timeofday",
    "时间",
    "来电时间",
    "通话时间",
    "呼叫时间",
    "時間",
    "來電時間",
    "laiks",
    "zvanalaiks",
    "час",
    "време",
    "часнаобаждане",
];

/// A column name without case, spaces and punctuation: `Call ID`, `call_id` and `CallId` are one.
pub(super) fn normalised(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn names_are_compared_without_case_spaces_and_underscores() {
        for name in ["Call ID", "call_id", "CallId", "CALL-ID", " call.id "] {
            assert_eq!(normalised(name), "callid");
        }
        assert_eq!(normalised("Zvana_laiks"), "zvanalaiks");
        assert_eq!(normalised("Дата и час"), "датаичас");
    }

    #[test]
    fn every_listed_name_is_normalised_and_belongs_to_one_field() {
        let mut seen = HashMap::new();
        for (field, names) in NAMES {
            for name in *names {
                assert_eq!(normalised(name), *name, "write it without case, spaces and punctuation");
                assert_eq!(seen.insert(*name, *field), None, "{name} is listed twice");
            }
        }
        for name in SURVEY_NAMES.iter().chain(ARTICLE_NAMES).flat_map(|(_, names)| *names) {
            assert_eq!(normalised(name), *name);
        }
        for name in DATE_NAMES.iter().chain(TIME_NAMES) {
            assert_eq!(normalised(name), *name);
        }
    }

    #[test]
    fn every_field_is_recognised_by_its_own_name() {
        for (field, name) in crate::config::FIELDS {
            let of_field = NAMES.iter().chain(ARTICLE_NAMES).find(|(listed, _)| *listed == field);
            let is_listed = of_field.is_some_and(|(_, names)| names.contains(&normalised(name).as_str()));
            assert!(is_listed || field == Field::Name, "{name}");
        }
    }
}
