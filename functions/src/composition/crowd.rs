//! Telling many, page by page: how far one got stands in `COMPOSED`, so that whoever dies in
//! between is followed by somebody who goes on.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _};
use guichet_domain::account::Account;
use guichet_domain::changes::{Place, Write};
use guichet_domain::ids::AccountId;
use guichet_domain::instant::Instant;
use guichet_domain::mail::Composed;
use guichet_domain::moderation::MailChoice;
use guichet_domain::territory::Territory;
use guichet_mail::Message;
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;

use super::{Context, queue, to_one_of_many};

/// Somebody who may be told, as the lists of staff and of advisers hold them.
#[derive(Debug, Deserialize)]
pub(super) struct Reader {
    pub(super) account: AccountId,
    /// An adviser's; staff see everything.
    #[serde(default)]
    pub(super) territory: Option<Territory>,
    #[serde(default)]
    ends_at: Option<Instant>,
    #[serde(default)]
    pub(super) dossier_mails: MailChoice,
}

/// How many are told at once.
const TOLD_AT_ONCE: usize = 16;

/// Composes a mail for each reader of these lists who is to be told, page by page. Whoever stands
/// in several lists is told by the first: the mail's id is the same.
pub(super) async fn tell(
    app: &App,
    context: &Context<'_>,
    lists: &[Listing],
    message: impl Fn(&Reader) -> Option<Message>,
) -> Result<(), Error> {
    let Some(portal) = context.portal else { return Ok(()) };
    let composed: Option<Composed> = app.read_one(&Place::Composed(context.entry.id)).await?;
    let (mut list, mut cursor) = reached(composed.as_ref());
    let now = app.now();
    while let Some(listing) = lists.get(list) {
        let query = PageQuery { cursor: cursor.take(), ..PageQuery::first(100, Order::Ascending) };
        let page = app.page::<Reader>(listing, &query).await?;
        let holds = |reader: &&Reader| reader.ends_at.is_none_or(|end| now < end);
        let told = page.rows.iter().filter(holds);
        let told: BTreeMap<AccountId, Message> =
            told.filter_map(|reader| Some((reader.account, message(reader)?))).collect();
        let places: Vec<Place> = told.keys().map(|account| Place::Account(*account)).collect();
        let accounts = app.read(&places).await?;
        let mut mails = Vec::new();
        for (account, message) in told {
            let account: Option<Account> = accounts.find(&Place::Account(account))?;
            mails.extend(account.map(|account| to_one_of_many(&account, portal, message)));
        }
        let queued = mails.into_iter().map(|mail| queue(app, context, mail));
        let queued = futures_util::stream::iter(queued).buffer_unordered(TOLD_AT_ONCE);
        queued.try_collect::<Vec<()>>().await?;
        (list, cursor) = match page.cursor {
            Some(next) => (list, Some(next)),
            None => (list + 1, None),
        };
        // A single page needs no note of how far it went.
        if let Some(cursor) = &cursor {
            let reached = Some(format!("{list} {cursor}"));
            let composed = Composed { entry: context.entry.id, at: app.now(), reached };
            app.apply(&[Write::Put(composed.into())]).await?;
        }
    }
    Ok(())
}

/// Which list, and where in it.
fn reached(composed: Option<&Composed>) -> (usize, Option<String>) {
    let reached = composed.and_then(|composed| composed.reached.as_deref());
    let reached = reached.and_then(|reached| reached.split_once(' '));
    let reached = reached.and_then(|(list, cursor)| Some((list.parse().ok()?, cursor.to_owned())));
    reached.map_or((0, None), |(list, cursor)| (list, Some(cursor)))
}
