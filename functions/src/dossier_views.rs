//! What the use cases on dossiers answer, and what they take.

use guichet_domain::dossier::{
    DossierError, DossierState, Locality, MOST_PORTALS, Position, PreviousDossier, Publication,
    Role, Ruling, Sheet, Side, Space,
};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::level::Language;
use guichet_domain::permissions::{Action, Viewed, check};
use guichet_domain::person::Person;
use guichet_domain::text::{Email, Label, Phone, Reason, Statement, Title};
use guichet_mail::written_instant;
use guichet_platform::problem::{self, Error, Problem};
use guichet_platform::reply::Reply;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dossier_desk::DossierDesk;
use crate::views::{ModeratorView, TakingView};
use crate::words::unlinked;

/// What a new dossier says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSheet {
    #[serde(deserialize_with = "unlinked")]
    title: Title,
    /// What advice is asked for.
    description: Statement,
    organisation: Label,
    /// The INSEE code of the commune.
    commune: String,
    /// At most ten.
    #[serde(default)]
    tags: Vec<Label>,
}

impl NewSheet {
    /// The sheet, with the commune of the official list.
    ///
    /// # Errors
    /// 422 for a commune that is not in the list.
    pub(crate) fn sheet(self) -> Result<Sheet, Error> {
        let Self { title, description, organisation, commune, tags } = self;
        let locality = locality(&commune)?;
        Ok(Sheet { title, description, organisation, locality, tags })
    }
}

fn locality(commune: &str) -> Result<Locality, Error> {
    Locality::of(commune).map_err(|invalid| problem::invalid("commune", invalid))
}

/// What a dossier is to say instead; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SheetChange {
    #[serde(default, deserialize_with = "unlinked")]
    title: Option<Title>,
    description: Option<Statement>,
    organisation: Option<Label>,
    /// The INSEE code of the commune.
    commune: Option<String>,
    tags: Option<Vec<Label>>,
}

impl SheetChange {
    /// The sheet with these changes.
    ///
    /// # Errors
    /// 422 for a commune that is not in the list.
    pub(crate) fn applied_to(self, sheet: &Sheet) -> Result<Sheet, Error> {
        let locality = self.commune.as_deref().map(locality).transpose()?;
        Ok(Sheet {
            title: self.title.unwrap_or_else(|| sheet.title.clone()),
            description: self.description.unwrap_or_else(|| sheet.description.clone()),
            organisation: self.organisation.unwrap_or_else(|| sheet.organisation.clone()),
            locality: locality.unwrap_or_else(|| sheet.locality.clone()),
            tags: self.tags.unwrap_or_else(|| sheet.tags.clone()),
        })
    }
}

/// Something that whoever reads a dossier may do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum May {
    Revise,
    Update,
    Moderate,
    Join,
    SwitchPosition,
    Leave,
    InviteApplicants,
    InviteAdvisors,
    AcceptReferent,
    EndOffer,
    PublishElsewhere,
    Pause,
    Resume,
    WritePublicNotes,
    ReadAdvisorsNotes,
}

/// How a dossier was decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulingView {
    /// Open, or refused.
    state: DossierState,
    at: Instant,
    /// The moderator, for moderators.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ModeratorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

impl RulingView {
    fn new(ruling: &Ruling, names_moderators: bool) -> Self {
        Self {
            state: ruling.state,
            at: ruling.at,
            by: names_moderators.then(|| ModeratorView::of(&ruling.by)),
            reason: ruling.reason.clone(),
        }
    }
}

/// Since when and why a dossier rests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PauseView {
    at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// A dossier on another portal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicationView {
    portal: PortalId,
    dossier: DossierId,
    /// As it stands there.
    state: DossierState,
    submitted_at: Instant,
}

impl PublicationView {
    pub(crate) fn new(publication: &Publication) -> Self {
        Self {
            portal: publication.portal,
            dossier: publication.dossier,
            state: publication.state,
            submitted_at: publication.submitted_at,
        }
    }

    /// The answer that shows what was made.
    pub(crate) fn created(&self) -> Result<Reply, Error> {
        Reply::created(self)
    }
}

/// An offer to speak for a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// To whom.
    account: AccountId,
    expires_at: Instant,
}

impl OfferView {
    fn of(at: &DossierDesk) -> Option<Self> {
        let (account, expires_at) = at.file.referent.offer_at(at.now)?;
        Some(Self { account, expires_at })
    }
}

/// A dossier on a portal, as its reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DossierView {
    id: DossierId,
    portal: PortalId,
    state: DossierState,
    /// What If-Match wants for changes and decisions.
    etag: String,
    title: Title,
    description: Statement,
    organisation: Label,
    locality: Locality,
    tags: Vec<Label>,
    submitted_at: Instant,
    /// Who speaks for it.
    referent: AccountId,
    /// Whom they offer to take over, for those who ask and for who sees everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    referent_offer: Option<OfferView>,
    /// Where else it is published, for those who ask.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_on: Vec<PortalId>,
    /// How many advisers follow it.
    advisors: u32,
    observers: u32,
    /// Which moderator takes care of it, for staff while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<TakingView>,
    /// What the same person submitted before, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<PreviousDossier>,
    /// How it was decided, for those who ask and for who sees everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruling: Option<RulingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<PauseView>,
    /// As what the reader takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// What the reader may do now.
    may: Vec<May>,
}

impl DossierView {
    /// The dossier as whoever asks may see it.
    pub(crate) fn new(at: &DossierDesk) -> Self {
        let (sheet, publication) = (at.file.dossier.sheet.clone(), &at.file.publication);
        let is_staff = at.is_staff();
        let asks = at.position.as_ref().is_some_and(Position::asks);
        let sees = asks || at.sees_everything();
        let ruling = publication.ruling.as_ref().filter(|_| sees);
        Self {
            id: publication.dossier,
            portal: publication.portal,
            state: publication.state,
            etag: at.file.etag(),
            title: sheet.title,
            description: sheet.description,
            organisation: sheet.organisation,
            locality: sheet.locality,
            tags: sheet.tags,
            submitted_at: publication.submitted_at,
            referent: at.file.referent.account,
            referent_offer: OfferView::of(at).filter(|_| sees),
            also_on: at
                .file
                .referent
                .elsewhere(publication.portal)
                .map(|on| on.portal)
                .filter(|_| asks)
                .collect(),
            advisors: publication.advisors,
            observers: publication.observers,
            taken: publication
                .taken()
                .filter(|_| is_staff)
                .map(|taking| TakingView::new(&taking.by, taking.at)),
            previous: publication.previous.clone().filter(|_| is_staff),
            ruling: ruling.map(|ruling| RulingView::new(ruling, is_staff)),
            pause: publication
                .pause
                .as_ref()
                .map(|pause| PauseView { at: pause.at, reason: pause.reason.clone() }),
            role: at.position.as_ref().map(|position| position.role),
            may: may(at),
        }
    }
}

/// Whether the reader is offered to speak for it.
fn is_offered(at: &DossierDesk) -> bool {
    OfferView::of(at).is_some_and(|offer| offer.account == at.desk.account.id)
}

/// What the code that decides would let the reader do, in this state.
fn may(at: &DossierDesk) -> Vec<May> {
    let viewed: Viewed<'_> = at.viewed();
    let state = at.file.publication.state;
    let (waits, open) = (state == DossierState::Submitted, state == DossierState::Open);
    let accepted = state.is_accepted();
    let advises = at.position.as_ref().is_some_and(|position| !position.asks());
    let decides = advises || at.file.decides_who_asks();
    let leaves = at.position.as_ref().is_some_and(|position| position.role != Role::Referent);
    let takes_applicants = at.file.must_take_in(Side::Applicants).is_ok();
    let referent = &at.file.referent;
    let offered_to = referent.offer_at(at.now).map(|(account, _)| account);
    let is_elsewhere = referent.elsewhere(at.file.publication.portal).next().is_some();
    let portals = referent.portals.len();
    let asked = [
        (waits && !is_elsewhere, May::Revise, Action::ReviseDossier(viewed)),
        (accepted, May::Update, Action::UpdateDossier(viewed)),
        (waits, May::Moderate, Action::ModerateDossier(viewed)),
        (accepted && !advises, May::Join, Action::JoinDossier(viewed)),
        (accepted && advises, May::SwitchPosition, Action::UseOwnPosition(viewed)),
        (leaves && decides, May::Leave, Action::UseOwnPosition(viewed)),
        (
            takes_applicants,
            May::InviteApplicants,
            Action::InviteToDossier(viewed, Side::Applicants),
        ),
        (accepted, May::InviteAdvisors, Action::InviteToDossier(viewed, Side::Advisors)),
        (accepted && portals < MOST_PORTALS, May::PublishElsewhere, Action::PublishDossier(viewed)),
        (takes_applicants && is_offered(at), May::AcceptReferent, Action::AcceptReferent(viewed)),
        (
            takes_applicants && offered_to.is_some(),
            May::EndOffer,
            Action::EndOffer(viewed, offered_to),
        ),
        (open, May::Pause, Action::PauseDossier(viewed)),
        (accepted && !open, May::Resume, Action::ResumeDossier(viewed)),
        (
            state != DossierState::Refused,
            May::WritePublicNotes,
            Action::AddNote(viewed, Space::Public),
        ),
        (true, May::ReadAdvisorsNotes, Action::SeeNotes(viewed, Space::Advisors)),
    ];
    let allowed = |(fits, _, action): &(bool, May, Action<'_>)| {
        *fits && check(&at.desk.actor, *action).is_ok()
    };
    asked.into_iter().filter(allowed).map(|(_, may, _)| may).collect()
}

/// How somebody is reached.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactView {
    account: AccountId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
}

impl ContactView {
    pub(crate) fn of(person: &Person) -> Self {
        let profile = &person.profile;
        Self {
            account: person.account,
            name: profile.full_name(),
            organisation: profile.organisation.clone(),
            job_title: profile.job_title.clone(),
            email: profile.email.clone(),
            phone: profile.phone.clone(),
        }
    }
}

/// The problem of a new dossier.
pub(crate) fn sheet_problem(error: DossierError) -> Error {
    match error {
        DossierError::Invalid(field, invalid) => problem::invalid(field, invalid),
        error => Error::Internal(error.to_string()),
    }
}

/// The problem of a dossier that could not be changed.
pub(crate) fn dossier_problem(error: DossierError, at: &DossierDesk) -> Error {
    let kind = match error {
        DossierError::Decided(ruling) => return decided(&ruling, at.is_staff()).into(),
        DossierError::Stale => {
            let shown = DossierView::new(at);
            return Problem::new(&problem::STALE).with("current", shown).into();
        }
        DossierError::Invalid(..) => return sheet_problem(error),
        DossierError::Refused => &problem::DOSSIER_REFUSED,
        DossierError::NotAccepted => &problem::DOSSIER_NOT_ACCEPTED,
        DossierError::AlreadyHasIt => &problem::ALREADY_HAS_IT,
        DossierError::OtherSide => &problem::OTHER_SIDE,
        DossierError::NoPosition => &problem::NO_POSITION,
        DossierError::AlreadyPublished => &problem::ALREADY_PUBLISHED,
        DossierError::TooManyPortals => &problem::TOO_MANY_PORTALS,
        DossierError::PublishedElsewhere => &problem::PUBLISHED_ELSEWHERE,
        DossierError::IsReferent => &problem::IS_REFERENT,
        DossierError::OnSeveralPortals => &problem::ON_SEVERAL_PORTALS,
        DossierError::RemovedSince => &problem::REMOVED_SINCE,
        DossierError::NotAMember => &problem::NOT_A_MEMBER,
        DossierError::NotOffered => &problem::NOT_OFFERED,
        DossierError::Full => &problem::SIDE_FULL,
        DossierError::Paused => &problem::DOSSIER_PAUSED,
        DossierError::NothingDue | DossierError::NotPaused => &problem::DOSSIER_NOT_PAUSED,
    };
    kind.into()
}

/// Who decided what, and when (RULES C10, F2).
fn decided(ruling: &Ruling, names_moderators: bool) -> Problem {
    let when = |language| written_instant(ruling.at, language);
    let (fr, en) = match ruling.state {
        DossierState::Refused => ("refusé", "refused"),
        _ => ("accepté", "accepted"),
    };
    let (by_fr, by_en) = match names_moderators {
        true => (ruling.by.name.as_str(), ruling.by.name.as_str()),
        false => ("l’équipe du portail", "the portal’s team"),
    };
    Problem::new(&problem::DOSSIER_DECIDED)
        .detail(
            format!("Ce dossier a été {fr} par {by_fr} le {}.", when(Language::Fr)),
            format!("This dossier was {en} by {by_en} on {}.", when(Language::En)),
        )
        .with("ruling", RulingView::new(ruling, names_moderators))
}
