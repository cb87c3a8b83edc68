//! What a change of territory gains and loses, counted before it is done (RULES C15).

use std::collections::BTreeSet;

use guichet_domain::dossier::OwnDossier;
use guichet_domain::ids::{DossierId, PortalId};
use guichet_domain::permissions::Reach;
use guichet_platform::app::App;
use guichet_platform::keys::{DossierList, Listing, Window};
use guichet_platform::store::{Order, PageQuery, StoreError};
use serde::Deserialize;

use crate::dossier_lists::{Filter, lists};
use crate::views::{CountView, PersonPath};

/// Up to how many dossiers are counted exactly (DESIGN §5).
pub(crate) const MOST_COUNTED: usize = 1000;

/// How many dossiers of a list are read: one more than are counted.
const MOST_READ: u16 = 1001;

/// How many dossiers one would see more, still, and no longer.
pub(crate) struct Difference {
    pub(crate) gained: CountView,
    pub(crate) kept: CountView,
    pub(crate) lost: CountView,
}

/// The dossiers of one list, the newest first.
struct Listed {
    list: DossierList,
    dossiers: BTreeSet<DossierId>,
    is_cut: bool,
}

#[derive(Deserialize)]
struct Row {
    dossier: DossierId,
}

/// What seeing as far as the second would change for who sees as far as the first. Dossiers where
/// they hold a position are kept.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn difference(
    app: &App,
    path: PersonPath,
    reaches: [Reach<'_>; 2],
) -> Result<Difference, StoreError> {
    let [before, after] = reaches.map(|reach| lists(&reach, &Filter::default()));
    let mut wanted = before.clone();
    wanted.extend(after.iter().filter(|list| !before.contains(list)));
    let read = wanted.into_iter().map(|list| listed(app, path.portal, list));
    let query = PageQuery::first(MOST_READ, Order::Descending);
    let own = Listing::OwnDossiers(path.account, path.portal, Window::ALL);
    let (listed, own) = tokio::try_join!(
        futures_util::future::try_join_all(read),
        app.page::<OwnDossier>(&own, &query)
    )?;
    let of = |lists: &[DossierList]| {
        let within = listed.iter().filter(|listed| lists.contains(&listed.list));
        let seen = within.flat_map(|listed| listed.dossiers.iter().copied());
        seen.chain(own.rows.iter().map(|own| own.dossier)).collect::<BTreeSet<_>>()
    };
    let (sees, would_see) = (of(&before), of(&after));
    // Both sides are read from the newest on: what a list leaves out can only make a number larger.
    let is_cut = |one: &[DossierList], other: &[DossierList]| {
        let cut = listed.iter().filter(|listed| listed.is_cut);
        cut.into_iter().any(|cut| one.contains(&cut.list) && !other.contains(&cut.list))
    };
    let count = |number: usize, is_cut: bool| {
        let exact = CountView::up_to(number, MOST_COUNTED);
        CountView { and_more: exact.and_more || is_cut, ..exact }
    };
    let is_any_cut = own.cursor.is_some() || listed.iter().any(|listed| listed.is_cut);
    Ok(Difference {
        gained: count(would_see.difference(&sees).count(), is_cut(&after, &before)),
        kept: count(sees.intersection(&would_see).count(), is_any_cut),
        lost: count(sees.difference(&would_see).count(), is_cut(&before, &after)),
    })
}

async fn listed(app: &App, portal: PortalId, list: DossierList) -> Result<Listed, StoreError> {
    let query = PageQuery::first(MOST_READ, Order::Descending);
    let listing = Listing::Dossiers(portal, list, Window::ALL);
    let page = app.page::<Row>(&listing, &query).await?;
    let dossiers = page.rows.iter().map(|row| row.dossier).collect();
    Ok(Listed { list, dossiers, is_cut: page.cursor.is_some() })
}
