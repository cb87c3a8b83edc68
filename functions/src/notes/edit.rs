//! Edit one's own note.
//!
//! `PATCH /v1/portals/{portal}/dossiers/{dossier}/notes/{note}`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{DossierError, Note, Space};
use guichet_domain::ids::{DossierId, NoteId, PortalId};
use guichet_domain::permissions::Action;
use guichet_domain::text::Statement;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND, Problem, STALE};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::note_views::NoteView;

/// A note on a dossier.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct NotePath {
    /// The portal.
    portal: PortalId,
    /// The dossier.
    dossier: DossierId,
    /// The note.
    note: NoteId,
}

/// What it is to say instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    text: Statement,
}

/// Edit one's own note.
///
/// # Errors
/// 403 for somebody else's, 404 for one that is not theirs to read, 412 when it changed.
#[utoipa::path(
    patch,
    path = "/v1/portals/{portal}/dossiers/{dossier}/notes/{note}",
    params(NotePath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = NoteView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let NotePath { portal, dossier, note } = request.path()?;
    let places =
        [Space::Public, Space::Advisors].map(|space| Place::Note(dossier, portal, space, note));
    let at = DossierDesk::open(app, request, DossierPath { portal, dossier }, &places).await?;
    let _permit = at.check(Action::SeeDossier(at.viewed()))?;
    let found: Option<Note> = match at.desk.find(&places[0])? {
        Some(note) => Some(note),
        None => at.desk.find(&places[1])?,
    };
    let note = found.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let permit = at.check(Action::EditNote(at.viewed(), &note))?;
    if at.is_done() {
        return NoteView::new(&note, &at).reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let (file, held) = (at.file.clone(), at.position.as_ref());
    let edited = file.edit_note(permit, (note.clone(), &etag), input.text, held, at.now);
    let (next, changes) = edited.map_err(|error| match error {
        DossierError::Stale => {
            Problem::new(&STALE).with("current", NoteView::new(&note, &at)).into()
        }
        error => at.problem(error),
    })?;
    app.commit_at(&at.desk, changes).await?;
    NoteView::new(&next, &at).reply()
}
