//! Every e-mail text of Guichet, French and English, and how it becomes MIME.
//!
//! Pure: no I/O, no clock, no randomness. A mail is a [`Message`] in an [`Envelope`]; [`compose`]
//! makes subject, text and HTML from one list of blocks, with a slot for the link; [`mime`] makes
//! the bytes that are sent.

mod blocks;
mod composed;
mod english;
mod french;
mod html;
mod message;
mod mime;
mod plain;
mod written;

pub use composed::{Composed, DECLINE_LINK, LINK};
pub use message::{
    CarriedRequest, ContactNews, Counted, DossierNews, DossierOccasion, Envelope, FirstDossier,
    ImportCounts, InvitationOccasion, ListedDossier, Message, Offer, Offered, OfferedPosition,
    PasswordOccasion, Precision,
};
pub use mime::{Addresses, MimeError, mime};
pub use written::{written_instant, written_territory};

use guichet_domain::level::Language;

/// Writes a mail in the recipient's language, with the slot [`LINK`] where its link goes.
pub fn compose(envelope: &Envelope, message: &Message) -> Composed {
    let letter = match envelope.language {
        Language::Fr => french::letter(envelope, message),
        Language::En => english::letter(envelope, message),
    };
    let letter = letter.inert();
    Composed { text: plain::render(&letter), html: html::render(&letter), subject: letter.subject }
}
