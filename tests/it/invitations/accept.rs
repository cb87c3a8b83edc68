//! What people see of accepting an invitation with their account.

use guichet_local::gateway::HttpAnswer;
use serde_json::{Value, json};

use crate::world::{PASSWORD, User, World};

const RIGHT: [(&str, &str); 1] = [("password", PASSWORD)];

struct Scene {
    world: World,
    portal: String,
    admin: User,
    /// Somebody with an account who is nobody on the portal.
    zoe: User,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let zoe = world.user("Zoe", "Blanc").await;
        Self { world, portal, admin, zoe }
    }

    /// Invites her and gives the link.
    async fn link(&self, by: &User, level: &str) -> String {
        let answer =
            self.world.invite(&self.portal, by, &self.zoe.email, json!({"level": level})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        self.world.invited_link(&self.zoe.email).await
    }

    async fn accept(&self, link: &str) -> HttpAnswer {
        self.world.press(link, &RIGHT).await
    }

    async fn level(&self) -> serde_json::Value {
        let zoe = self.world.sign_in(&self.zoe.email).await;
        self.world.membership(&zoe, &self.portal).await["level"].clone()
    }
}

#[tokio::test]
async fn whoever_knows_the_password_becomes_a_person_at_the_level_of_the_invitation() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.admin, "manager").await;
    let sessions = scene.world.call("GET", "/v1/sessions").by(&scene.zoe).send().await.json();
    let answer = scene.accept(&link).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/done/invitation-accepted"))
    );
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(scene.level().await, "manager");
    // Nobody was signed in by it: the session of `level` is the only new one.
    let after = scene.world.call("GET", "/v1/sessions").by(&scene.zoe).send().await.json();
    let count = |list: &serde_json::Value| list["items"].as_array().map(Vec::len);
    assert_eq!(count(&after), count(&sessions).map(|before| before + 1));
    let (subject, text) = scene.world.mails_to(&scene.admin.email).await.pop().unwrap();
    assert!(subject.contains("votre invitation est acceptée"), "{subject}");
    assert!(text.contains("Zoé Blanc a accepté"), "{text}");
    let acts = scene.world.acts(&scene.portal, &scene.admin).await;
    assert_eq!(acts, ["portal.created", "invitation.sent", "invitation.accepted"]);
}

#[tokio::test]
async fn whoever_accepts_the_highest_level_counts_among_those_who_hold_the_portal() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.admin, "super_administrator").await;
    let person = format!("/v1/portals/{}/people/{}", scene.portal, scene.admin.account);
    let etag = scene.world.etag(&scene.admin, &person).await;
    let leave = || {
        let path = format!("/v1/portals/{}/leave", scene.portal);
        scene.world.call("POST", &path).by(&scene.admin).if_match(&etag).once().send()
    };
    assert_eq!(leave().await.status, 409, "the last one stays");
    assert_eq!(scene.accept(&link).await.status, 303);
    assert_eq!(leave().await.status, 204);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_the_same() {
    let scene = Scene::new().await;
    let mut answers = Vec::new();
    // The first call reads keys and secrets, which the next ones keep.
    let link = scene.link(&scene.admin, "user").await;
    scene.world.press(&link, &[("password", "un mauvais mot de passe")]).await;
    let world = &scene.world;
    let list = format!("/v1/portals/{}/invitations", scene.portal);
    let listed = world.call("GET", &list).by(&scene.admin).send().await.json();
    let id = listed["items"][0]["id"].as_str().unwrap();
    world.manage(&scene.portal, &scene.admin, id, "cancel").await;
    for email in [scene.zoe.email.as_str(), "jamais.vue@exemple.fr"] {
        scene.world.invite(&scene.portal, &scene.admin, email, json!({})).await;
        let link = scene.world.invited_link(email).await;
        scene.world.stack.wire.take_calls();
        let answer = scene.world.press(&link, &[("password", "un mauvais mot de passe")]).await;
        let calls: Vec<_> =
            scene.world.stack.wire.take_calls().into_iter().map(|call| call.operation).collect();
        let (_, token) = link.split_once("?token=").unwrap();
        let masked = if email.starts_with('z') { "z…@" } else { "j…@" };
        answers.push((answer.status, answer.text().replace(token, "").replace(masked, ""), calls));
    }
    assert_eq!(answers[0].0, 422);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn pressed_twice_it_is_accepted_once() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.admin, "user").await;
    let answers = tokio::join!(scene.accept(&link), scene.accept(&link));
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(scene.accept(&link).await.status, 409);
    scene.world.settle().await;
    let accepted = scene.world.acts(&scene.portal, &scene.admin).await;
    assert_eq!(accepted.iter().filter(|act| *act == "invitation.accepted").count(), 1);
}

#[tokio::test]
async fn it_works_until_the_last_millisecond_of_seven_days_whatever_schedules_do() {
    // Across the change to summer time: seven days are 168 hours.
    for (milliseconds, status) in [(-1, 303), (0, 410), (1, 410)] {
        let scene = Scene::new().await;
        scene.world.clock.set("2027-03-25T10:00:00.000Z".parse().unwrap());
        scene.world.rotate_keys().await;
        let admin = scene.world.sign_in(&scene.admin.email).await;
        let link = scene.link(&admin, "user").await;
        let end = scene.world.clock.now().plus_days(7);
        scene.world.clock.set(guichet_domain::instant::Instant::from_milliseconds(
            end.milliseconds() + milliseconds,
        ));
        let answer = scene.accept(&link).await;
        assert_eq!(answer.status, status, "{milliseconds}: {}", answer.text());
        let is = scene.level().await;
        assert_eq!(is.is_null(), status == 410, "{milliseconds}: {is}");
    }
}

#[tokio::test]
async fn a_cancelled_or_replaced_link_never_gives_anything() {
    let scene = Scene::new().await;
    let first = scene.link(&scene.admin, "user").await;
    let (world, portal, admin) = (&scene.world, &scene.portal, &scene.admin);
    let list = format!("/v1/portals/{portal}/invitations");
    let listed = world.call("GET", &list).by(admin).send().await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.manage(portal, admin, &id, "resend").await.status, 200);
    assert_eq!(scene.accept(&first).await.status, 410, "an older link");
    let second = world.invited_link(&scene.zoe.email).await;
    assert_ne!(first, second);
    assert_eq!(world.manage(portal, admin, &id, "cancel").await.status, 200);
    assert_eq!(scene.accept(&second).await.status, 409, "a cancelled one");
    assert!(scene.level().await.is_null());
}

#[tokio::test]
async fn an_inviter_who_may_no_longer_invite_leaves_a_dead_invitation() {
    let scene = Scene::new().await;
    let (world, portal, admin) = (&scene.world, &scene.portal, &scene.admin);
    for how in
        ["demoted", "archived", "archived with a successor", "archived with a weak successor"]
    {
        let first = format!("Bruno{}", how.len());
        let first: String = first.chars().filter(char::is_ascii_alphabetic).collect();
        let first = format!("{first}{}", ["a", "b", "c", "d"][how.len() % 4]);
        let bruno = world.member(portal, admin, &first, "global_administrator").await;
        let link = scene.link(&bruno, "reviewer").await;
        let weak = how.contains("weak");
        let heir = match how.contains("successor") {
            false => None,
            true if weak => {
                Some(world.member(portal, admin, &format!("{first}w"), "manager").await)
            }
            true => Some(admin.clone()),
        };
        let successor = heir.map(|heir| heir.account);
        let done = match how {
            "demoted" => {
                world.on_person(portal, admin, &bruno, "level", &json!({"level": "user"})).await
            }
            _ => {
                let body = json!({"successor": successor});
                world.on_person(portal, admin, &bruno, "archive", &body).await
            }
        };
        assert_eq!(done.status, 200, "{how}: {}", done.text());
        let answer = scene.accept(&link).await;
        let lives = successor.is_some() && !weak;
        assert_eq!(answer.status, if lives { 303 } else { 403 }, "{how}: {}", answer.text());
        if !lives {
            assert!(answer.text().contains("Ask the portal’s team"), "{}", answer.text());
            let list = format!("/v1/portals/{portal}/invitations");
            let listed = world.call("GET", &list).by(admin).send().await.json();
            let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
            assert_eq!(world.manage(portal, admin, &id, "cancel").await.status, 200);
        } else {
            world.on_person(portal, admin, &scene.zoe, "archive", &json!({})).await;
            world.clock.advance_seconds(1);
        }
    }
}

#[tokio::test]
async fn accepting_never_lowers_what_somebody_has_become_meanwhile_and_may_raise_a_newcomer() {
    for (held, invited, becomes) in [
        ("administrator", "reviewer", "administrator"),
        ("user", "manager", "manager"),
        ("manager", "super_administrator", "manager"),
    ] {
        let scene = Scene::new().await;
        let (world, portal, admin) = (&scene.world, &scene.portal, &scene.admin);
        let link = scene.link(admin, invited).await;
        let territory = json!({"territory": {"departments": ["33", "64"]}});
        world.submit(portal, &scene.zoe, &["33"]).await;
        let promoted = world.access(portal, admin, &scene.zoe, "promote", &territory).await;
        assert_eq!(promoted.status, 200, "{}", promoted.text());
        if held != "user" {
            let level = json!({"level": held});
            world.on_person(portal, admin, &scene.zoe, "level", &level).await;
        }
        let answer = scene.accept(&link).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let is = world.membership(&scene.zoe, portal).await;
        // A level that somebody gave since the invitation stays.
        assert_eq!(is["level"], becomes, "{held} {invited}");
        assert_eq!(is["access"]["territory"]["departments"], territory["territory"]["departments"]);
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.admin, "user").await;
    let (_, token) = link.split_once("?token=").unwrap();
    let fields = [("token", token), ("password", PASSWORD)];
    let call = scene.world.call("POST", "/invitation/accept").form(fields.into_iter());
    let answer = call.header("origin", "https://evil.example").send().await;
    assert_eq!(answer.status, 403);
    assert!(scene.level().await.is_null());
}

#[tokio::test]
async fn twenty_wrong_passwords_in_an_hour_and_the_invitation_waits() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.admin, "user").await;
    let mut wrong = 0;
    while scene.world.press(&link, &[("password", "un mauvais mot de passe")]).await.status == 422 {
        wrong += 1;
        assert!(wrong <= 20);
    }
    assert!(wrong >= 18, "{wrong}");
    let answer = scene.accept(&link).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    scene.world.clock.advance_seconds(3_600);
    assert_eq!(scene.accept(&link).await.status, 303);
}

#[tokio::test]
async fn an_older_invitation_undoes_no_archive_and_no_demotion() {
    for archived in [true, false] {
        let scene = Scene::new().await;
        let (world, portal, admin) = (&scene.world, &scene.portal, &scene.admin);
        let link = scene.link(admin, "administrator").await;
        world.submit(portal, &scene.zoe, &["33"]).await;
        world.clock.advance_seconds(1);
        if archived {
            world.on_person(portal, admin, &scene.zoe, "archive", &json!({})).await;
        } else {
            for level in ["manager", "user"] {
                let level = json!({"level": level});
                world.on_person(portal, admin, &scene.zoe, "level", &level).await;
            }
        }
        let answer = scene.accept(&link).await;
        assert_eq!(answer.status, if archived { 409 } else { 303 }, "{}", answer.text());
        let level = scene.level().await;
        assert_eq!(level, if archived { json!(null) } else { json!("user") }, "E3, A4");
    }
}

#[tokio::test]
async fn whoever_mails_an_invitation_again_stands_for_it() {
    let scene = Scene::new().await;
    let (world, portal, admin) = (&scene.world, &scene.portal, &scene.admin);
    let bruno = world.member(portal, admin, "Bruno", "global_administrator").await;
    scene.link(&bruno, "user").await;
    world.on_person(portal, admin, &bruno, "archive", &json!({})).await;
    let list = format!("/v1/portals/{portal}/invitations");
    let listed = world.call("GET", &list).by(admin).send().await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let resent = world.manage(portal, admin, &id, "resend").await.json();
    assert_eq!(resent["inviter"]["name"], "Claire Martin");
    let link = world.invited_link(&scene.zoe.email).await;
    assert_eq!(scene.accept(&link).await.status, 303);
}

/// Somebody with an account who is invited as an adviser of the Gironde.
async fn invited_adviser(world: &World, portal: &str, admin: &User, user: &User) {
    world.clock.advance_seconds(1);
    let more = json!({"territory": {"departments": ["33"]}});
    let answer = world.invite(portal, admin, &user.email, more).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.json()["territory"]["departments"], json!(["33"]));
}

#[tokio::test]
async fn an_adviser_access_goes_to_whoever_has_none_and_on_whom_nobody_has_decided() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let gironde = json!(["33"]);
    for case in ["stranger", "newer person", "revoked", "adviser", "gone"] {
        let first = case.replace(' ', "");
        let user = world.user(&first, "Durand").await;
        if case == "gone" {
            world.submit(&portal, &user, &["64"]).await;
            world.on_person(&portal, &admin, &user, "archive", &json!({})).await;
        }
        invited_adviser(&world, &portal, &admin, &user).await;
        if ["newer person", "revoked", "adviser"].contains(&case) {
            assert_eq!(world.submit(&portal, &user, &["64"]).await.status, 201);
        }
        if ["revoked", "adviser"].contains(&case) {
            world.decide(&portal, &admin, &user, "accept", &json!({})).await;
        }
        if case == "revoked" {
            world.access(&portal, &admin, &user, "revoke", &json!({})).await;
        }
        let link = world.invited_link(&user.email).await;
        let answer = world.press(&link, &[("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{case}: {}", answer.text());
        let member = world.membership(&user, &portal).await;
        let expected = match case {
            "revoked" => Value::Null,
            "adviser" => json!(["64"]),
            _ => gironde.clone(),
        };
        assert_eq!(member["access"]["territory"]["departments"], expected, "{case}: {member}");
        let list = format!("/v1/portals/{portal}/advisors?department=33");
        let listed = world.call("GET", &list).by(&admin).send().await.json();
        let is_listed = listed["items"].to_string().contains(&user.account);
        assert_eq!(is_listed, expected == gironde, "{case}: {listed}");
    }
}

#[tokio::test]
async fn the_mail_names_the_territory_and_the_journal_what_was_given() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let user = world.user("Zoe", "Durand").await;
    invited_adviser(&world, &portal, &admin, &user).await;
    let mails = world.mails_to(&user.email).await;
    let (_, text) = mails.last().unwrap();
    assert!(text.contains("Accès conseiller proposé\u{A0}: Gironde\u{A0}(33)"), "{text}");
    let mine = world.call("GET", "/v1/me/invitations").by(&user).send().await.json();
    let path = format!("/v1/me/invitations/{}/accept", mine["items"][0]["id"].as_str().unwrap());
    assert_eq!(world.call("POST", &path).by(&user).once().send().await.status, 200);
    let journal = world.call("GET", &format!("/v1/portals/{portal}/journal")).by(&admin);
    let journal = journal.send().await.json();
    let entry = &journal["items"][0];
    assert_eq!(entry["act"], "invitation.accepted");
    assert_eq!(entry["after"]["territory"]["departments"], json!(["33"]), "{entry}");
    let unknown = json!({"territory": {"departments": ["988"]}});
    let refused = world.invite(&portal, &admin, "x@exemple.fr", unknown).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["field"]), (422, &json!("territory")));
}
