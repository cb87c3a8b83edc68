//! Newcomers who accept an invitation: their account is made with it, or, for levels 5 and 6, by a
//! fresh link (SECURITY S6, S10).

use guichet_domain::account::{Account, CarriedInvitation, STAFF_SIGN_UP_LIFETIME_HOURS, SignUp};
use guichet_domain::ids::{AccountId, SignUpId};
use guichet_domain::permissions::{Action, Actor, Holding, check};
use guichet_domain::text::{Name, Username};
use guichet_platform::app::App;
use guichet_platform::passwords::Password;
use guichet_platform::problem::Error;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;

use crate::admission::Grounds;
use crate::invitation_page::Shown;

/// What somebody wants to be called.
pub(crate) struct Chosen {
    pub(crate) first_name: Name,
    pub(crate) last_name: Name,
    pub(crate) username: Username,
}

/// Somebody without an account.
pub(crate) struct Newcomer<'a> {
    pub(crate) chosen: Chosen,
    pub(crate) shown: &'a Shown<'a>,
    pub(crate) password: &'a Password,
}

impl Newcomer<'_> {
    /// Makes the account and accepts, in one transaction; answers which page says so.
    ///
    /// # Errors
    /// The invitation ended or expired, or who invited no longer may.
    pub(crate) async fn accept(
        self,
        app: &App,
        request: &Request,
        grounds: Grounds,
    ) -> Result<&'static str, Error> {
        let now = app.now();
        let invitation = self.shown.held.invitation.clone();
        let holder = Actor::Holder(Holding::Invitation(invitation.id));
        let permit = grounds.permit(&holder, &invitation, None)?;
        let account = Account {
            id: AccountId::new(app.fresh_ulid(now)),
            version: 1,
            username: self.chosen.username,
            email: invitation.email.clone(),
            first_name: self.chosen.first_name,
            last_name: self.chosen.last_name,
            phone: None,
            organisation: None,
            job_title: invitation.job_title.clone(),
            web_site: None,
            language: Some(self.shown.language),
            session_epoch: 1,
            link_generation: 1,
            created_at: now,
        };
        let credential = account.credential(app.hash_password(self.password), now);
        let changes = account.clone().create(permit).create(credential);
        let (_, changes) = grounds.accept(app, invitation, &account, changes)?;
        let origin = Origin::of(request);
        app.commit(&origin, changes).await?;
        Ok("invitation-accepted")
    }

    /// Begins a sign-up that carries the invitation: its link, mailed now, makes the account.
    /// Answers which page says so.
    ///
    /// # Errors
    /// Who invited no longer may.
    pub(crate) async fn sign_up(
        self,
        app: &App,
        request: &Request,
        grounds: &Grounds,
    ) -> Result<&'static str, Error> {
        let now = app.now();
        let invitation = &self.shown.held.invitation;
        let holder = Actor::Holder(Holding::Invitation(invitation.id));
        let permit = grounds.permit(&holder, invitation, None)?;
        let sign_up = SignUp {
            id: SignUpId::new(app.fresh_ulid(now)),
            version: 1,
            email: invitation.email.clone(),
            first_name: self.chosen.first_name,
            last_name: self.chosen.last_name,
            phone: None,
            language: self.shown.language,
            password: app.hash_password(self.password),
            request: None,
            invitation: Some(CarriedInvitation {
                id: invitation.id,
                generation: invitation.generation,
            }),
            generation: 1,
            created_at: now,
            expires_at: now.plus_seconds(STAFF_SIGN_UP_LIFETIME_HOURS * 3_600),
        };
        let permit = permit.and(check(&Actor::Public, Action::SignUp)?);
        let origin = Origin::of(request);
        app.commit(&origin, sign_up.begin(permit)).await?;
        Ok("invitation-to-confirm")
    }
}
