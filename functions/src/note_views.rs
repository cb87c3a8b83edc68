//! What the use cases on notes answer.

use guichet_domain::dossier::{DossierState, Note, Space};
use guichet_domain::ids::{AccountId, NoteId};
use guichet_domain::instant::Instant;
use guichet_domain::permissions::Action;
use guichet_domain::text::Statement;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::DossierDesk;

/// A note on a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoteView {
    id: NoteId,
    space: Space,
    /// Who wrote it.
    author: AccountId,
    author_name: String,
    text: Statement,
    written_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Instant>,
    /// Whether the reader may edit it.
    may_edit: bool,
    /// What If-Match wants to edit it.
    etag: String,
}

impl NoteView {
    pub(crate) fn new(note: &Note, at: &DossierDesk) -> Self {
        let is_open = at.file.publication.state != DossierState::Refused;
        Self {
            id: note.id,
            space: note.space,
            author: note.author.account,
            author_name: note.author.name.clone(),
            text: note.text.clone(),
            written_at: note.written_at,
            edited_at: note.edited_at,
            may_edit: is_open && at.check(Action::EditNote(at.viewed(), note)).is_ok(),
            etag: note.etag(),
        }
    }

    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(self)?.etag(&self.etag))
    }

    pub(crate) fn created(&self) -> Result<Reply, Error> {
        Ok(Reply::created(self)?.etag(&self.etag))
    }
}
