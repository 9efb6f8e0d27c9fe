//! Tables that Salesforce exports, whose columns mean something else than their names say elsewhere: cases, and the e-mails of
//! cases.
//!
//! Takes column names, knows whether they are of such a table and which column is which field. Ids of 15 letters get the three
//! that the API adds, so that files of both kinds meet.

use std::borrow::Cow;

use crate::config::Field;

/// A table of Salesforce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// `Case`: a row is an interaction.
    Case,
    /// `EmailMessage`: a row is what somebody wrote about a case.
    Email,
}

/// Column names of the fields of a table, the better first.
type Names = &'static [(Field, &'static [&'static str])];

const CASE: Names = &[
    (Field::InteractionId, &["id", "caseid"]),
    (Field::CustomerId, &["contactid"]),
    (Field::Email, &["contactemail", "suppliedemail"]),
    (Field::Phone, &["contactphone", "suppliedphone"]),
    (Field::Name, &["suppliedname"]),
    (Field::Channel, &["origin"]),
    (Field::Category, &["reason", "type"]),
    (Field::AgentId, &["ownerid"]),
    (Field::IsCodedResolved, &["isclosed"]),
];

const EMAIL: Names = &[(Field::InteractionId, &["parentid"]), (Field::Speaker, &["incoming"])];

/// The columns with the words of an e-mail: as text, and as HTML where there is no text.
pub(super) const BODIES: [&str; 2] = ["textbody", "htmlbody"];

/// The columns that say when an e-mail was written.
pub(super) const WRITTEN: [&str; 2] = ["messagedate", "createddate"];

/// The table that has these columns, whose names are normalised.
pub(super) fn layout(columns: &[String]) -> Option<Layout> {
    let has = |name: &str| columns.iter().any(|column| column == name);
    if has("incoming") && has("parentid") && BODIES.iter().any(|name| has(name)) {
        return Some(Layout::Email);
    }
    (has("casenumber") && has("contactid") && has("createddate")).then_some(Layout::Case)
}

impl Layout {
    /// Column names that go before those that are known elsewhere.
    pub(super) fn names(self) -> Names {
        match self {
            Layout::Case => CASE,
            Layout::Email => EMAIL,
        }
    }

    /// Whether a column that is known elsewhere is not this field here. When an e-mail was written is not when its case began;
    /// the parent of a case is what many customers have in common, and not a call that was transferred.
    pub(super) fn lacks(self, field: Field) -> bool {
        match self {
            Layout::Case => field == Field::ParentId,
            Layout::Email => matches!(field, Field::StartedAt | Field::ParentId),
        }
    }
}

/// An id as the API has it: 18 letters. One of 15, as reports have it, gets three more, which tell its capitals.
pub(super) fn whole_id(id: &str) -> Cow<'_, str> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    if id.len() != 15 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Cow::Borrowed(id);
    }
    let mut whole = id.to_string();
    for five in id.as_bytes().chunks(5) {
        let capitals = five.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
        let bits: usize = capitals.map(|(at, _)| 1 << at).sum();
        whole.push(char::from(LETTERS[bits]));
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::whole_id;
    use crate::ingest::tests::{read_text, source};
    use crate::interaction::{Speaker, Status};

    #[test]
    fn an_id_of_a_report_is_that_of_the_api() {
        // The example of the vendor's manual, and one by hand: `00D` has a capital at its third place (4 = E), the others
        // `A` (no capital).
        assert_eq!(whole_id("00D000000000001"), "00D000000000001EAA");
        // Capitals of `5003p`: none; `00002`: none; `abCDE`: the last three, 4 + 8 + 16 = 28 = 2.
        assert_eq!(whole_id("5003p00002abCDE"), "5003p00002abCDEAA2");
        assert_eq!(whole_id("00D000000000001EAA"), "00D000000000001EAA");
        assert_eq!(whole_id("short"), "short");
    }

    #[test]
    fn a_case_is_an_interaction_of_its_contact() {
        let text = "Id,CaseNumber,ContactId,AccountId,ParentId,Subject,Status,Origin,Reason,OwnerId,IsClosed,CreatedDate,\
            ClosedDate,SuppliedEmail\n\
            5003p00002abCDE,00001026,0033p1,0013p1,5003p00002parent,No internet,Closed,Email,Outage,0053p1,true,\
            2026-03-02T09:15:00.000+0000,2026-03-03T09:15:00.000+0000,kim@mail.test\n";
        let batch = read_text("Case.csv", text, &source());
        assert_eq!((batch.rejects.len(), batch.interactions.len()), (0, 1), "{:?}", batch.rejects);
        let it = &batch.interactions[0];
        assert_eq!(
            (it.interaction_id.as_str(), it.customer_id.as_deref()),
            ("5003p00002abCDEAA2", Some("0033p1"))
        );
        assert_eq!((it.category.as_deref(), it.channel.as_deref()), (Some("Outage"), Some("email")));
        assert_eq!(
            (it.status, it.is_coded_resolved, it.parent_id.as_deref()),
            (Status::Handled, Some(true), None)
        );
        assert_eq!((it.email.as_deref(), it.agent_id.as_deref()), (Some("kim@mail.test"), Some("0053p1")));
        assert_eq!(it.started_at, 1_772_442_900_000_000);
    }

    #[test]
    fn an_email_is_a_turn_of_its_case_whatever_the_order_of_rows() {
        let text = "Id,ParentId,MessageDate,CreatedDate,Subject,TextBody,HtmlBody,FromAddress,Incoming,Status\n\
            02s2,5003p00002abCDEAA2,2026-03-02T10:15:00Z,2026-03-02T10:15:00Z,Re: x,\"Restart it.\n\nOn Mon, 2 Mar 2026 Kim \
            <kim@mail.test> wrote:\n> Third time\",,help@example.com,false,3\n\
            02s1,5003p00002abCDE,2026-03-02T09:15:00Z,2026-03-02T09:15:00Z,x,,<p>Third &amp; last time</p>,kim@mail.test,true,1\n";
        let batch = read_text("EmailMessage.csv", text, &source());
        assert_eq!((batch.rejects.len(), batch.interactions.len(), batch.transcripts.len()), (0, 0, 2));
        let mut turns: Vec<_> = batch.transcripts.iter().flat_map(|it| it.turns.clone()).collect();
        turns.sort_by_key(|turn| turn.index);
        let told: Vec<(Speaker, &str)> = turns.iter().map(|it| (it.speaker, it.text.as_str())).collect();
        assert_eq!(told, [(Speaker::Customer, "Third & last time"), (Speaker::Agent, "Restart it.")]);
        assert!(batch.transcripts.iter().all(|it| it.interaction_id == "5003p00002abCDEAA2"));
    }
}
