//! Write a note on a dossier: public, or in the advisers' space.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/notes`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Note, Space};
use guichet_domain::ids::NoteId;
use guichet_domain::permissions::Action;
use guichet_domain::text::Statement;
use guichet_platform::app::App;
use guichet_platform::limits::WRITE_NOTE;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath, bearer};
use crate::note_views::NoteView;

/// A note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    text: Statement,
    /// Who reads it.
    #[serde(default)]
    space: Space,
}

/// Write a note on a dossier.
///
/// # Errors
/// 403 for a public note of whoever takes no part, 404 for those who ask in the advisers' space,
/// 409 on a dossier that was refused.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/notes",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 201, body = NoteView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let input: Result<Input, Error> = request.json();
    let space = input.as_ref().map(|input| input.space).unwrap_or_default();
    let activity = Place::Activity(path.dossier, path.portal);
    let account = bearer(app, request).await?.to_string();
    let by_account = [account.as_str()];
    let (counted, at) = tokio::join!(
        app.within_one(request.attempt, WRITE_NOTE, &by_account),
        DossierDesk::open(app, request, path, std::slice::from_ref(&activity)),
    );
    let at = at?;
    let permit = at.check(Action::AddNote(at.viewed(), space))?;
    counted?;
    if at.is_done() {
        let place = |id| Place::Note(path.dossier, path.portal, space, id);
        let made: Note = app.read_made(&at.desk, place).await?;
        return NoteView::new(&made, &at).created();
    }
    let note = Note {
        id: NoteId::new(app.fresh_ulid(at.now)),
        dossier: path.dossier,
        portal: path.portal,
        space,
        author: at.desk.named()?,
        text: input?.text,
        written_at: at.now,
        edited_at: None,
        version: 1,
    };
    let added =
        at.file.clone().add_note(permit, note, at.position.as_ref(), at.desk.find(&activity)?);
    let (note, changes) = added.map_err(|error| at.problem(error))?;
    app.commit_made(&at.desk, changes, note.id).await?;
    NoteView::new(&note, &at).created()
}
