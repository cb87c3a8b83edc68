//! Notes on a dossier: public ones, and the advisers' own (RULES F7).

use serde::{Deserialize, Serialize};

use super::{Activity, DossierError, DossierState, Position, Published};
use crate::changes::{Changes, Guard, Place, Record};
use crate::ids::{DossierId, NoteId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Facts};
use crate::permissions::Permit;
use crate::person::Named;
use crate::text::Statement;

/// Who reads a note.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Space {
    /// Everybody who sees the dossier.
    #[default]
    Public,
    /// Advisers, observers and staff, never those who ask.
    Advisors,
}

impl Space {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Advisors => "advisors",
        }
    }
}

/// A note on a dossier, on one portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its identifier, whose ULID sorts the notes.
    pub id: NoteId,
    /// The dossier.
    pub dossier: DossierId,
    /// The portal: what is written on one is not read on another (RULES F13).
    pub portal: PortalId,
    /// Who reads it.
    pub space: Space,
    /// Who wrote it.
    pub author: Named,
    /// What it says.
    pub text: Statement,
    /// When it was written.
    pub written_at: Instant,
    /// When it was last edited.
    pub edited_at: Option<Instant>,
    /// How often it was written.
    pub version: u64,
}

impl Record for Note {
    fn place(&self) -> Place {
        Place::Note(self.dossier, self.portal, self.space, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Note {
    /// What If-Match wants to edit it.
    pub fn etag(&self) -> String {
        self.version.to_string()
    }

    fn event(&self, act: Act) -> crate::journal::Event {
        let object = crate::journal::Object::Dossier(self.dossier);
        let codes = vec![self.space.code().to_owned(), self.id.to_string()];
        let after = Facts { codes, ..Facts::none() };
        crate::journal::Event::new(act, Some(self.portal), object, self.version)
            .changing(Facts::none(), after)
    }
}

impl Published {
    /// Adds a note, which is an activity. A resting dossier goes on when those who ask write
    /// (RULES F11).
    ///
    /// # Errors
    /// It was refused.
    pub fn add_note(
        self,
        permit: Permit,
        note: Note,
        held: Option<&Position>,
        activity: Option<Activity>,
    ) -> Result<(Note, Changes), DossierError> {
        let state = self.publication.state;
        if state == DossierState::Refused {
            return Err(DossierError::Refused);
        }
        let event = note.event(Act::NoteAdded);
        let now = note.written_at;
        let mut changes = Changes::new(permit).create(note.clone()).journal(event);
        changes = changes.write([Activity::noted(activity, &self.publication, now)]);
        Ok((note, self.going_on(changes, held, now)))
    }

    /// Says something else in a note. A resting dossier goes on when those who ask do (RULES F11).
    ///
    /// # Errors
    /// It was refused, or the note changed since it was read.
    pub fn edit_note(
        self,
        permit: Permit,
        (note, etag): (Note, &str),
        text: Statement,
        held: Option<&Position>,
        now: Instant,
    ) -> Result<(Note, Changes), DossierError> {
        if self.publication.state == DossierState::Refused {
            return Err(DossierError::Refused);
        }
        if note.etag() != etag {
            return Err(DossierError::Stale);
        }
        if note.text == text {
            return Ok((note, Changes::new(permit)));
        }
        let next = Note { version: note.version + 1, text, edited_at: Some(now), ..note };
        let event = next.event(Act::NoteEdited);
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        Ok((next, self.going_on(changes, held, now)))
    }
}
