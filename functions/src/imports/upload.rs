//! Upload a spreadsheet of people to invite. Its rows are kept, never the file.
//!
//! `POST /v1/portals/{portal}/imports`

use guichet_domain::changes::{Place, Write};
use guichet_domain::ids::ImportId;
use guichet_domain::import::{Import, Upload};
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::limits::UPLOAD_FILE;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::import_views::WholeImportView;
use crate::inviting::limited_desk;
use crate::sheets::rows_of;
use crate::views::PortalPath;

/// How many chunks of rows go into one transaction: DynamoDB takes 4 MB.
const MOST_CHUNKS: usize = 8;

/// Upload a spreadsheet of people to invite: xlsx or csv, at most 4 MB, 5,000 rows and 50 columns.
///
/// The first row holds the headings, in French or English as in the template: first name, last
/// name and e-mail address, and optionally job title, user type, level and territory. Nothing is
/// sent yet, and nobody is looked up: the dry run does that. A csv file in other letters than UTF-8
/// is sent as `application/octet-stream`: what is called text is read as UTF-8 on the way.
///
/// # Errors
/// 403 below staff, 413 and 422 for a file that can't be accepted, with the place that is wrong.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/imports",
    params(PortalPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body(content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/octet-stream"),
        (String = "text/csv")
    )),
    responses((status = 201, body = WholeImportView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let (desk, counted) = limited_desk(app, request, path.portal, UPLOAD_FILE, &[]).await?;
    let permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    counted?;
    if desk.replay == Replay::Done {
        let made: Import = app.read_made(&desk, Place::Import).await?;
        return WholeImportView::new(&made).created();
    }
    let (rows, ignored_columns) = rows_of(request.file(guichet_spreadsheet::MOST_BYTES)?)?;
    let now = app.now();
    let upload = Upload {
        id: ImportId::new(app.fresh_ulid(now)),
        portal: path.portal,
        by: desk.named()?,
        rows,
        ignored_columns,
        now,
    };
    let (import, chunks, changes) = upload.import(permit);
    // Until the transaction after it nobody sees them; if it never comes they are erased in time.
    let chunks: Vec<Write> = chunks.into_iter().map(|rows| Write::Create(rows.into())).collect();
    for chunks in chunks.chunks(MOST_CHUNKS) {
        app.apply(chunks).await?;
    }
    app.commit_made(&desk, changes, import.id).await?;
    WholeImportView::new(&import).created()
}
