//! Every use case that changes something, as somebody on the stage does it. A new use case joins
//! all proofs with its lines here.

use serde_json::{Value, json};

use crate::gate;
use crate::stage::Stage;
use crate::world::PASSWORD;

/// Who does what.
#[derive(Debug, Clone)]
pub struct Command {
    /// What the tables and stories call it: the use case, and by whom or to whom where there are
    /// several.
    pub name: &'static str,
    /// With which status it is always refused, whatever others do at the same time.
    pub refusal: Option<u16>,
    deed: Deed,
}

#[derive(Debug, Clone)]
enum Deed {
    Http(Http),
    /// A schedule runs, so many seconds after the start.
    Schedule(i64),
    /// The operator invokes it.
    Direct(Value),
    /// AWS tells that Elise called the mail unwanted that had come back.
    Outcome,
}

#[derive(Debug, Clone)]
struct Http {
    method: &'static str,
    path: &'static str,
    by: Option<&'static str>,
    if_match: Option<&'static str>,
    body: Value,
    form: bool,
    file: &'static str,
}

/// The status of a schedule that left something to others who were at it: as HTTP says it.
const SKIPPED: u16 = 208;

/// What came back, without what differs from run to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status; of a schedule or the operator, 200 or 500.
    pub status: u16,
    /// The body, with fresh identifiers, secrets and instants made alike.
    pub body: String,
}

impl Reply {
    /// What a schedule or the operator's function tells of itself is for the logs.
    fn of<T, E>(ran: Result<T, E>) -> Self {
        Self { status: if ran.is_ok() { 200 } else { 500 }, body: String::new() }
    }

    /// Likewise; one that skipped something that was due, because others were at it, comes again.
    fn of_schedule<E>(ran: Result<Value, E>) -> Self {
        match &ran {
            Ok(tally) if tally["skipped"] != 0 => Self { status: SKIPPED, body: String::new() },
            _ => Self::of(ran),
        }
    }

    /// Whether it says that something was left to others, and is looked at again at the next run.
    pub fn comes_again(&self) -> bool {
        self.status == SKIPPED
    }

    /// Whether it says that the system was too busy to do anything.
    pub fn is_busy(&self) -> bool {
        self.status == 503
    }
}

fn http(name: &'static str, method: &'static str, path: &'static str) -> Command {
    let (by, if_match, body, form, file) = (None, None, Value::Null, false, "");
    let deed = Deed::Http(Http { method, path, by, if_match, body, form, file });
    Command { name, refusal: None, deed }
}

fn schedule(name: &'static str) -> Command {
    Command { name, refusal: None, deed: Deed::Schedule(0) }
}

impl Command {
    fn with(self, change: impl FnOnce(&mut Http)) -> Self {
        let Deed::Http(mut http) = self.deed else { return self };
        change(&mut http);
        Self { deed: Deed::Http(http), ..self }
    }

    fn by(self, by: &'static str) -> Self {
        self.with(|http| http.by = Some(by))
    }

    fn if_match(self, etag: &'static str) -> Self {
        self.with(|http| http.if_match = Some(etag))
    }

    fn json(self, body: Value) -> Self {
        self.with(|http| http.body = body)
    }

    fn form(self, body: Value) -> Self {
        self.with(|http| (http.body, http.form) = (body, true))
    }

    fn file(self, file: &'static str) -> Self {
        self.with(|http| http.file = file)
    }

    fn after_seconds(self, seconds: i64) -> Self {
        Self { deed: Deed::Schedule(seconds), ..self }
    }

    fn refused(self, status: u16) -> Self {
        Self { refusal: Some(status), ..self }
    }

    /// The use case that it calls.
    pub fn use_case(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or_default()
    }

    /// Does it on the stage. The same command always carries the same idempotency key, as a
    /// client's second attempt does.
    pub async fn run(&self, stage: &Stage) -> Reply {
        match &self.deed {
            Deed::Http(http) => self.send(stage, http).await,
            Deed::Schedule(seconds) => {
                if *seconds > 0 {
                    gate::time_passes().await;
                }
                let clock = &stage.world.clock;
                clock.set(clock.now().max(stage.noon().plus_seconds(*seconds)));
                Reply::of_schedule(stage.world.stack.run(self.use_case()).await)
            }
            Deed::Direct(body) => self.invoke(stage, body).await,
            Deed::Outcome => self.invoke(stage, stage.elises_complaint()).await,
        }
    }

    async fn invoke(&self, stage: &Stage, event: &Value) -> Reply {
        Reply::of(stage.world.stack.invoke(self.use_case(), event.clone()).await)
    }

    /// Whether it lets time pass: others act before or after it, and what they write says when.
    pub fn lets_time_pass(&self) -> bool {
        matches!(self.deed, Deed::Schedule(1..))
    }

    /// Whether it runs again and again by itself.
    pub fn is_schedule(&self) -> bool {
        matches!(self.deed, Deed::Schedule(_))
    }

    /// Whether it stops what others are in the middle of.
    pub fn stops_a_job(&self) -> bool {
        self.name == "imports::cancel under way"
    }

    /// Whether all that it changes is one transaction; a schedule has one for each item.
    pub fn is_transaction(&self) -> bool {
        matches!(self.deed, Deed::Http(_) | Deed::Direct(_))
    }

    async fn send(&self, stage: &Stage, http: &Http) -> Reply {
        let mut call = stage.world.call(http.method, &stage.filled(http.path));
        if let Some(by) = http.by {
            call = call.by(stage.user(by)).header("idempotency-key", &self.name.replace(' ', "-"));
        }
        if let Some(etag) = http.if_match {
            call = call.if_match(&stage.filled(etag));
        }
        let body = stage.filled_body(&http.body);
        call = match (&body, http.form) {
            (Value::Null, _) => call.body(http.file.as_bytes()),
            (body, false) => call.json(body),
            (body, true) => {
                let fields = body.as_object().into_iter().flatten();
                call.form(fields.map(|(name, value)| (name, value.as_str().unwrap_or_default())))
            }
        };
        let answer = call.send().await;
        Reply { status: answer.status, body: stage.answer(&answer.text()) }
    }
}

/// Every command of the proofs.
pub fn commands() -> Vec<Command> {
    let mut all = on_accounts();
    all.extend(on_requests());
    all.extend(on_people());
    all.extend(on_leaving());
    all.extend(on_invitations());
    all.extend(by_invitees());
    all.extend(on_imports());
    all.extend(on_dossiers());
    all.extend(on_who_takes_part());
    all.extend(by_those_who_may_not());
    all
}

fn on_dossiers() -> Vec<Command> {
    let role = |role: &str| json!({ "role": role });
    let waiting = |name, verb| http(name, "POST", verb).if_match("{waiting_dossier_etag}");
    vec![
        http("dossiers::submit", "POST", "{alpha}/dossiers")
            .by("anne")
            .json(crate::world::sheet("33063")),
        waiting("dossiers::revise", "{waiting_dossier}/revise")
            .by("lea")
            .json(json!({"title": "Deux écoles", "commune": "40192"})),
        http("dossiers::take", "POST", "{waiting_dossier}/take").by("chloe"),
        waiting("dossiers::accept", "{waiting_dossier}/accept")
            .by("bruno")
            .json(json!({"join": "observer"})),
        waiting("dossiers::refuse", "{waiting_dossier}/refuse")
            .by("chloe")
            .json(json!({"reason": "Non."})),
        http("dossiers::update", "PATCH", "{open_dossier}")
            .by("lea")
            .if_match("{open_dossier_etag}")
            .json(json!({"commune": "40192"})),
        http("dossiers::join", "POST", "{open_dossier}/join").by("wanda").json(role("advisor")),
        http("dossiers::switch_position", "PUT", "{open_dossier}/position")
            .by("karim")
            .json(role("observer")),
        http("dossiers::leave", "POST", "{open_dossier}/leave").by("karim").json(json!({})),
        http("dossiers::remove_member", "DELETE", "{open_dossier}/members/{karim}")
            .by("bruno")
            .if_match("1"),
        http("dossiers::pause", "POST", "{open_dossier}/pause")
            .by("chloe")
            .if_match("{open_dossier_etag}")
            .json(json!({"reason": "Budget."})),
        http("dossiers::resume", "POST", "{paused_dossier}/resume")
            .by("bruno")
            .if_match("{paused_dossier_etag}"),
        http("notes::add by lea", "POST", "{paused_dossier}/notes")
            .by("lea")
            .json(json!({"text": "Le budget est voté."})),
        http("notes::add by karim", "POST", "{open_dossier}/notes")
            .by("karim")
            .json(json!({"text": "À voir.", "space": "advisors"})),
        schedule("dossiers::tend"),
        schedule("dossiers::send_news"),
        http("dossiers::choose_mails", "PUT", "{alpha}/dossier-mails")
            .by("karim")
            .json(json!({"mails": "at_once"})),
        http("notes::edit", "PATCH", "{leas_note}")
            .by("lea")
            .if_match("1")
            .json(json!({"text": "Bonsoir."})),
    ]
}

/// Lea has invited Mona, who has no account, and Wanda, who may also join as an adviser; Karim has
/// invited Yann. Max and Basile are members, and Lea offers Max to speak for the dossier.
fn on_who_takes_part() -> Vec<Command> {
    let accept = |name, path| http(name, "POST", path);
    vec![
        http("dossiers::invite", "POST", "{open_dossier}/invitations")
            .by("lea")
            .json(json!({"email": "zita.petit@exemple.fr", "role": "member"})),
        http("invitations::create_account to a dossier", "POST", "/invitation/create-account")
            .form(json!({
                "token": "{mona_token}", "first_name": "Mona", "last_name": "Petit",
                "username": "mona.petit", "password": PASSWORD,
            })),
        accept(
            "invitations::accept_mine by wanda",
            "/v1/me/invitations/{wanda_invitation_id}/accept",
        )
        .by("wanda"),
        accept(
            "invitations::accept_mine by yann",
            "/v1/me/invitations/{yann_invitation_id}/accept",
        )
        .by("yann"),
        http("invitations::cancel of wanda", "POST", "{wanda_invitation}/cancel")
            .by("lea")
            .if_match("{wanda_invitation_etag}"),
        http("dossiers::offer_referent", "POST", "{open_dossier}/referent/offer")
            .by("lea")
            .if_match("{open_dossier_etag}")
            .json(json!({"account": "{basile}"})),
        http("dossiers::accept_referent", "POST", "{open_dossier}/referent/accept").by("max"),
        http("dossiers::end_offer by lea", "DELETE", "{open_dossier}/referent/offer").by("lea"),
        http("dossiers::end_offer by max", "DELETE", "{open_dossier}/referent/offer").by("max"),
        http("dossiers::take_over", "POST", "{left_dossier}/take-over")
            .by("basile")
            .json(json!({"account": "{odile}"})),
        http("dossiers::name_referent of odile's", "PUT", "{left_dossier}/referent")
            .by("bruno")
            .if_match("{left_dossier_etag}")
            .json(json!({"account": "{max}"})),
        http("dossiers::name_referent", "PUT", "{open_dossier}/referent")
            .by("bruno")
            .if_match("{open_dossier_etag}")
            .json(json!({"account": "{basile}"})),
        http("dossiers::publish_on", "POST", "{open_dossier}/publications")
            .by("lea")
            .json(json!({"portal": "{beta}"})),
        http("dossiers::leave by max", "POST", "{open_dossier}/leave").by("max").json(json!({})),
        http("dossiers::remove_member of basile", "DELETE", "{open_dossier}/members/{basile}")
            .by("lea")
            .if_match("1"),
        http("people::archive of lea", "POST", "{alpha}/people/{lea}/archive")
            .by("bruno")
            .if_match("{lea_etag}")
            .json(json!({})),
        http("people::archive of max", "POST", "{alpha}/people/{max}/archive")
            .by("bruno")
            .if_match("{max_etag}")
            .json(json!({})),
    ]
}

/// What nobody gets done who may not do it, also not while levels change beside it.
fn by_those_who_may_not() -> Vec<Command> {
    vec![
        http("advisor_requests::accept by karim", "POST", "{anne_request}/accept")
            .by("karim")
            .if_match("{anne_request_etag}")
            .refused(404),
        http("advisor_requests::refuse by anne", "POST", "{anne_request}/refuse")
            .by("anne")
            .if_match("{anne_request_etag}")
            .json(json!({"reason": "Non."}))
            .refused(403),
        http("people::change_level of claire by bruno", "PUT", "{alpha}/people/{claire}/level")
            .by("bruno")
            .if_match("{claire_etag}")
            .json(json!({"level": "user"}))
            .refused(403),
        http("people::change_level of denis by himself", "PUT", "{alpha}/people/{denis}/level")
            .by("denis")
            .if_match("{denis_etag}")
            .json(json!({"level": "user"}))
            .refused(403),
        http("people::change_level of elise too high", "PUT", "{alpha}/people/{elise}/level")
            .by("bruno")
            .if_match("{elise_etag}")
            .json(json!({"level": "super_administrator"}))
            .refused(403),
        http("invitations::invite above his level", "POST", "{alpha}/invitations")
            .by("bruno")
            .json(invitee("super.petit@exemple.fr", "super_administrator"))
            .refused(403),
        http(
            "invitations::accept_mine by anne",
            "POST",
            "/v1/me/invitations/{hedi_invitation_id}/accept",
        )
        .by("anne")
        .refused(404),
        http("people::archive of claire by bruno", "POST", "{alpha}/people/{claire}/archive")
            .by("bruno")
            .if_match("{claire_etag}")
            .json(json!({}))
            .refused(403),
        http("dossiers::accept by lea", "POST", "{waiting_dossier}/accept")
            .by("lea")
            .if_match("{waiting_dossier_etag}")
            .json(json!({}))
            .refused(403),
        http("notes::add by lea among advisers", "POST", "{open_dossier}/notes")
            .by("lea")
            .json(json!({"text": "x", "space": "advisors"}))
            .refused(404),
        http("dossiers::invite by yann", "POST", "{waiting_dossier}/invitations")
            .by("yann")
            .json(json!({"email": "zita.petit@exemple.fr", "role": "observer"}))
            .refused(404),
        http("accounts::end_session by karim", "DELETE", "/v1/sessions/{annes_session}")
            .by("karim")
            .refused(404),
    ]
}

fn on_accounts() -> Vec<Command> {
    let sign_up = |email: &str| json!({"first_name": "Hugo", "last_name": "Roux", "email": email, "password": PASSWORD});
    let verify = |username: &str| json!({"token": "{farid_token}", "username": username, "password": PASSWORD});
    vec![
        http("accounts::sign_up", "POST", "/v1/sign-ups").json(sign_up("hugo.roux@exemple.fr")),
        http("accounts::sign_up with a known address", "POST", "/v1/sign-ups")
            .json(sign_up("karim.durand@exemple.fr")),
        http("accounts::resend_verification", "POST", "/v1/sign-ups/{farid_sign_up}/resend"),
        http("accounts::verify_email", "POST", "/verify-email").form(verify("farid.durand")),
        http("accounts::verify_email with another name", "POST", "/verify-email")
            .form(verify("farid.d")),
        http("accounts::disown_sign_up", "POST", "/verify-email/disown")
            .form(json!({"token": "{farid_token}"})),
        http("accounts::sign_in", "POST", "/v1/sessions")
            .json(json!({"email": "anne.durand@exemple.fr", "password": PASSWORD})),
        http("accounts::refresh", "POST", "/v1/sessions/refresh")
            .json(json!({"refresh_token": "{anne_refresh_token}"})),
        http("accounts::sign_out", "DELETE", "/v1/sessions/current").by("anne"),
        http("accounts::end_session", "DELETE", "/v1/sessions/{annes_session}").by("annes_phone"),
        http("accounts::set_password", "POST", "/set-password")
            .form(json!({"token": "{gisele_token}", "password": PASSWORD})),
        schedule("keys::rotate").after_seconds(86_400),
    ]
}

fn on_requests() -> Vec<Command> {
    let demand = crate::world::demand(&["64"]);
    vec![
        http("advisor_requests::submit", "POST", "{alpha}/advisor-requests")
            .by("elise")
            .json(demand),
        http("advisor_requests::revise", "PATCH", "{anne_request}")
            .by("anne")
            .if_match("{anne_request_etag}")
            .json(json!({"territory": {"departments": ["64"]}})),
        http("advisor_requests::withdraw", "POST", "{anne_request}/withdraw")
            .by("anne")
            .if_match("{anne_request_etag}"),
        http("advisor_requests::take", "POST", "{anne_request}/take").by("bruno"),
        http("advisor_requests::amend", "POST", "{anne_request}/amend")
            .by("chloe")
            .if_match("{anne_request_etag}")
            .json(json!({"territory": {"departments": ["40", "47"]}})),
        http("advisor_requests::accept", "POST", "{anne_request}/accept")
            .by("bruno")
            .if_match("{anne_request_etag}"),
        http("advisor_requests::refuse", "POST", "{anne_request}/refuse")
            .by("chloe")
            .if_match("{anne_request_etag}")
            .json(json!({"reason": "Non."})),
        http("advisor_requests::reopen", "POST", "{basile_request}/reopen")
            .by("denis")
            .if_match("{basile_request_etag}")
            .json(json!({"reason": "Nouvel examen."})),
        schedule("advisor_requests::lapse").after_seconds(2),
        schedule("advisor_requests::remind_moderators").after_seconds(86_400),
    ]
}

fn on_people() -> Vec<Command> {
    let level = |level: &str| json!({ "level": level });
    let departments = |codes: &[&str]| json!({"territory": {"departments": codes}});
    vec![
        http("advisors::promote anne", "POST", "{alpha}/advisors/{anne}/promote")
            .by("claire")
            .if_match("{anne_etag}")
            .json(json!({"territory": {"national": true}})),
        http("advisors::promote elise", "POST", "{alpha}/advisors/{elise}/promote")
            .by("bruno")
            .if_match("{elise_etag}")
            .json(departments(&["64"])),
        http("advisors::set_territory by bruno", "POST", "{alpha}/advisors/{karim}/territory")
            .by("bruno")
            .if_match("{karim_etag}")
            .json(departments(&["33", "40"])),
        http("advisors::set_territory by chloe", "POST", "{alpha}/advisors/{karim}/territory")
            .by("chloe")
            .if_match("{karim_etag}")
            .json(departments(&["47", "64"])),
        http("advisors::revoke", "POST", "{alpha}/advisors/{karim}/revoke")
            .by("claire")
            .if_match("{karim_etag}")
            .json(json!({})),
        http("people::change_level of bruno", "PUT", "{alpha}/people/{bruno}/level")
            .by("denis")
            .if_match("{bruno_etag}")
            .json(level("user")),
        http("people::change_level of claire", "PUT", "{alpha}/people/{claire}/level")
            .by("denis")
            .if_match("{claire_etag}")
            .json(level("user")),
        http("people::change_level of denis", "PUT", "{alpha}/people/{denis}/level")
            .by("claire")
            .if_match("{denis_etag}")
            .json(level("user")),
        http("people::change_level of karim", "PUT", "{alpha}/people/{karim}/level")
            .by("claire")
            .if_match("{karim_etag}")
            .json(level("administrator")),
        http("moderation::choose_mails", "PUT", "{alpha}/moderation/mails")
            .by("bruno")
            .json(json!({"mails": "daily"})),
        http("portals::update", "PATCH", "{alpha}")
            .by("claire")
            .if_match("{alpha_etag}")
            .json(json!({"name": "Alpha bis", "requests_open_to": "people"})),
        Command { name: "mails::record_outcome", refusal: None, deed: Deed::Outcome },
        schedule("mails::retry").after_seconds(30),
        schedule("journal::catch_up").after_seconds(30),
        schedule("journal::seal").after_seconds(3_600),
        http("mails::send_again", "POST", "{alpha}/mails/{elises_mail}/send-again")
            .by("bruno")
            .if_match("{elises_mail_etag}"),
        Command {
            name: "journal::export_accounts",
            refusal: None,
            deed: Deed::Direct(json!({ "journal": "accounts-0" })),
        },
        Command {
            name: "portals::create",
            refusal: None,
            deed: Deed::Direct(json!({
                "name": "Gamma", "address": "https://gamma.example.fr",
                "contact_address": "equipe@gamma.fr",
                "administrator": {
                    "first_name": "Inès", "last_name": "Petit", "email": "ines.petit@exemple.fr"
                },
            })),
        },
    ]
}

fn invitee(email: &str, level: &str) -> Value {
    json!({"first_name": "Théo", "last_name": "Petit", "email": email, "level": level})
}

fn on_leaving() -> Vec<Command> {
    let leave = |name| http(name, "POST", "{alpha}/leave");
    vec![
        leave("people::leave by claire").by("claire").if_match("{claire_etag}"),
        leave("people::leave by denis").by("denis").if_match("{denis_etag}"),
        leave("people::leave by anne").by("anne").if_match("{anne_etag}"),
        http("people::archive of denis", "POST", "{alpha}/people/{denis}/archive")
            .by("claire")
            .if_match("{denis_etag}")
            .json(json!({})),
        http("people::archive of bruno", "POST", "{alpha}/people/{bruno}/archive")
            .by("claire")
            .if_match("{bruno_etag}")
            .json(json!({"reason": "Fin de mission."})),
        http("people::archive of karim", "POST", "{alpha}/people/{karim}/archive")
            .by("bruno")
            .if_match("{karim_etag}")
            .json(json!({})),
        http("people::restore", "POST", "{alpha}/people/{odile}/restore")
            .by("bruno")
            .if_match("{odile_etag}"),
        http("people::hand_over", "PUT", "{alpha}/people/{odile}/successor")
            .by("chloe")
            .if_match("{odile_etag}")
            .json(json!({"successor": "{chloe}"})),
        http("people::update", "PATCH", "{alpha}/people/{karim}")
            .by("chloe")
            .if_match("{karim_profile_etag}")
            .json(json!({"last_name": "Petit"})),
        http("people::set_end_of_access", "PUT", "{alpha}/people/{karim}/end-of-access")
            .by("bruno")
            .if_match("{karim_etag}")
            .json(json!({"ends_at": "2030-01-01T00:00:00Z"})),
        schedule("people::warn_of_end"),
        schedule("people::end_access"),
    ]
}

fn on_invitations() -> Vec<Command> {
    let theo = || invitee("theo.petit@exemple.fr", "user");
    vec![
        http("invitations::invite by bruno", "POST", "{alpha}/invitations")
            .by("bruno")
            .json(theo()),
        http("invitations::invite by chloe", "POST", "{alpha}/invitations")
            .by("chloe")
            .json(theo()),
        http("invitations::invite quentin again", "POST", "{alpha}/invitations")
            .by("chloe")
            .json(invitee("quentin.petit@exemple.fr", "user")),
        http("invitations::send", "POST", "{paul_invitation}/send")
            .by("bruno")
            .if_match("{paul_invitation_etag}"),
        http("invitations::correct_address", "PUT", "{paul_invitation}/address")
            .by("chloe")
            .if_match("{paul_invitation_etag}")
            .json(json!({"email": "theo.petit@exemple.fr"})),
        http("invitations::resend of ines", "POST", "{ines_invitation}/resend")
            .by("bruno")
            .if_match("{ines_invitation_etag}"),
        http("invitations::resend of oscar", "POST", "{oscar_invitation}/resend")
            .by("chloe")
            .if_match("{oscar_invitation_etag}"),
        http("invitations::cancel", "POST", "{ines_invitation}/cancel")
            .by("chloe")
            .if_match("{ines_invitation_etag}"),
        schedule("invitations::remind"),
        schedule("invitations::expire"),
        schedule("invitations::expire a moment later").after_seconds(2),
        schedule("invitations::erase_closed"),
    ]
}

fn on_imports() -> Vec<Command> {
    vec![
        http("imports::upload", "POST", "{alpha}/imports")
            .by("bruno")
            .file("Prénom;Nom;Email\nThéo;Petit;theo.petit@exemple.fr\n"),
        http("imports::dry_run", "POST", "{checked_import}/dry-run")
            .by("chloe")
            .if_match("{checked_import_etag}")
            .json(json!({})),
        http("imports::start", "POST", "{checked_import}/start")
            .by("bruno")
            .if_match("{checked_import_etag}"),
        http("imports::cancel", "POST", "{checked_import}/cancel")
            .by("chloe")
            .if_match("{checked_import_etag}"),
        http("imports::cancel under way", "POST", "{left_import}/cancel")
            .by("chloe")
            .if_match("{left_import_etag}"),
        schedule("imports::resume"),
    ]
}

fn by_invitees() -> Vec<Command> {
    let newcomer = |username: &str| {
        json!({"token": "{ines_token}", "first_name": "Inès", "last_name": "Petit",
            "username": username, "password": PASSWORD})
    };
    vec![
        http("invitations::create_account", "POST", "/invitation/create-account")
            .form(newcomer("ines.petit")),
        http("invitations::create_account with another name", "POST", "/invitation/create-account")
            .form(newcomer("ines")),
        http("invitations::decline", "POST", "/invitation/decline")
            .form(json!({"token": "{ines_token}"})),
        // Hers ends in a second.
        http("invitations::create_account of tina", "POST", "/invitation/create-account")
            .form(json!({"token": "{tina_token}", "first_name": "Tina", "last_name": "Petit",
                "username": "tina.petit", "password": PASSWORD})),
        http("invitations::decline of tina", "POST", "/invitation/decline")
            .form(json!({"token": "{tina_token}"})),
        http("invitations::renew", "POST", "/invitation/renew")
            .form(json!({"token": "{oscar_token}"})),
        http("invitations::accept", "POST", "/invitation/accept")
            .form(json!({"token": "{hedi_token}", "password": PASSWORD})),
        http("invitations::accept_mine", "POST", "/v1/me/invitations/{hedi_invitation_id}/accept")
            .by("hedi"),
        http(
            "invitations::decline_mine",
            "POST",
            "/v1/me/invitations/{hedi_invitation_id}/decline",
        )
        .by("hedi"),
    ]
}
