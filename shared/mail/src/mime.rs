//! A composed mail as the bytes of an RFC 5322 message.

use std::time::{Duration, SystemTime};

use guichet_domain::instant::Instant;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use crate::blocks::on_one_line;
use crate::composed::Composed;

/// Who a mail is from and to, and what identifies it.
#[derive(Clone, Copy)]
pub struct Addresses<'a> {
    /// The name it is sent under.
    pub sender_name: &'a str,
    /// The address it is sent from.
    pub sender_address: &'a str,
    /// Where answers go.
    pub reply_to: Option<&'a str>,
    /// Whom it is for.
    pub recipient: &'a str,
    /// The mail's identifier: the same mail has the same `Message-ID` and the same bytes.
    pub mail_id: &'a str,
    /// When it is sent.
    pub date: Instant,
}

/// Why a mail can't become a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MimeError {
    /// One of the addresses can't stand in a header.
    #[error("not an address that a mail can carry")]
    Address,
    /// The identifier can't stand in a `Message-ID` or be a boundary.
    #[error("not an identifier that a mail can carry")]
    MailId,
    /// The slot of the link was not filled.
    #[error("the link of the mail is missing")]
    LinkMissing,
    /// The parts do not make a message.
    #[error("the mail can't be built")]
    Build,
}

/// The longest boundary that RFC 2046 allows.
const LONGEST_BOUNDARY: usize = 70;

/// The message's bytes: the text first, then the HTML. The same arguments give the same bytes.
///
/// # Errors
/// An address or the identifier is unfit, or the link is missing.
pub fn mime(composed: &Composed, addresses: &Addresses<'_>) -> Result<Vec<u8>, MimeError> {
    if composed.needs_link() {
        return Err(MimeError::LinkMissing);
    }
    let mail_id = checked_id(addresses.mail_id)?;
    let sender = address(addresses.sender_address)?;
    let message_id = format!("<{mail_id}@{}>", sender.domain());
    let mut builder = lettre::Message::builder()
        .from(mailbox(addresses.sender_name, sender))
        .to(Mailbox::new(None, address(addresses.recipient)?))
        .subject(on_one_line(&composed.subject))
        .date(system_time(addresses.date))
        .message_id(Some(message_id))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(reply_to) = addresses.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address(reply_to)?));
    }
    let message = builder.multipart(parts(composed, mail_id)?).map_err(|_| MimeError::Build)?;
    Ok(message.formatted())
}

/// Both parts, between boundaries made of the mail's identifier: lettre's own are random.
fn parts(composed: &Composed, mail_id: &str) -> Result<MultiPart, MimeError> {
    let kind = format!("multipart/alternative; boundary=\"{mail_id}\"");
    let kind = ContentType::parse(&kind).map_err(|_| MimeError::Build)?;
    Ok(MultiPart::builder()
        .header(kind)
        .singlepart(SinglePart::plain(composed.text.clone()))
        .singlepart(SinglePart::html(composed.html.clone())))
}

fn checked_id(mail_id: &str) -> Result<&str, MimeError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=LONGEST_BOUNDARY).contains(&mail_id.len()) && mail_id.bytes().all(allowed) {
        Ok(mail_id)
    } else {
        Err(MimeError::MailId)
    }
}

fn address(text: &str) -> Result<Address, MimeError> {
    // SES can send to no other (SECURITY S20).
    let fits = text.is_ascii() && !text.contains(|character: char| character.is_ascii_control());
    if fits { text.parse().map_err(|_| MimeError::Address) } else { Err(MimeError::Address) }
}

/// lettre panics on a line break in a name, hence the one line.
fn mailbox(name: &str, address: Address) -> Mailbox {
    let name = on_one_line(name);
    Mailbox::new(if name.is_empty() { None } else { Some(name) }, address)
}

fn system_time(instant: Instant) -> SystemTime {
    let seconds = u64::try_from(instant.seconds()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}
