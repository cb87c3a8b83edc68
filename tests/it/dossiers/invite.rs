//! What people see who invite to a dossier, and who are invited.

use serde_json::{Value, json};

use crate::world::{User, World};

const ZOE: &str = "zoe@exemple.fr";

struct Scene {
    world: World,
    portal: String,
    admin: User,
    anne: User,
    dossier: String,
}

/// Anne's dossier about Bordeaux, accepted.
async fn scene() -> Scene {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    Scene { world, portal, admin, anne, dossier }
}

impl Scene {
    async fn invite(&self, by: &User, email: &str, role: &str) -> (u16, Value) {
        let more = json!({});
        let answer = self.world.invite_to_dossier(&self.dossier, by, email, role, more).await;
        (answer.status, answer.json())
    }

    async fn shown(&self, to: &User) -> Value {
        self.world.call("GET", &self.dossier).by(to).send().await.json()
    }

    async fn roles(&self, side: &str) -> Vec<String> {
        let path = format!("{}/members", self.dossier);
        let members = self.world.call("GET", &path).by(&self.admin).send().await.json();
        let mut roles: Vec<String> = members[side]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["role"].as_str().unwrap().to_owned())
            .collect();
        roles.sort();
        roles
    }
}

#[tokio::test]
async fn a_newcomer_becomes_a_member_by_the_mailed_link_and_everybody_is_told() {
    let at = scene().await;
    let (world, portal) = (&at.world, &at.portal);
    let more = json!({"message": "Rejoignez-nous pour ce dossier.", "first_name": "Zoé"});
    let made = world.invite_to_dossier(&at.dossier, &at.anne, ZOE, "member", more).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!(made["scope"]["kind"], "dossier");
    assert_eq!(made["assignment"]["role"], "member");
    let (subject, text) = world.mails_to(ZOE).await.pop().unwrap();
    assert!(subject.contains("invitation à participer à un dossier"), "{subject}");
    for words in [
        "Anne Durand vous invite à participer à un dossier sur le portail",
        "Une école pour deux villages",
        "Rejoignez-nous pour ce dossier.",
        "Participation proposée : membre",
    ] {
        let plain = text.replace('\u{A0}', " ");
        assert!(plain.contains(words), "{words}: {text}");
    }
    let link = world.invited_link(ZOE).await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    let page = world.call("GET", path).header("accept-language", "fr").send().await.text();
    assert!(page.contains("Anne Durand vous invite à participer à un dossier"), "{page}");
    assert!(!page.contains("école"), "S10: {page}");
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    let zoe = world.sign_in(ZOE).await;
    assert_eq!(world.membership(&zoe, portal).await["level"], "user");
    let seen = at.shown(&zoe).await;
    assert_eq!(seen["role"], "member");
    assert!(seen["may"].as_array().unwrap().contains(&json!("update")));
    assert_eq!(at.roles("applicants").await, ["member", "referent"]);
    let acts = world.acts(portal, &at.admin).await;
    assert!(acts.ends_with(&["invitation.accepted".into(), "dossier.position_taken".into()]));
    let (subject, text) = world.mails_to(&at.anne.email).await.pop().unwrap();
    assert!(subject.contains("accepted"), "{subject}");
    assert!(text.contains("now takes part in a dossier"), "{text}");
}

#[tokio::test]
async fn whoever_has_an_account_accepts_with_its_password_or_signed_in() {
    let at = scene().await;
    let lea = at.world.user("Lea", "Petit").await;
    at.invite(&at.anne, &lea.email, "partner").await;
    let link = at.world.invited_link(&lea.email).await;
    let fields = [("password", crate::world::PASSWORD)];
    assert_eq!(at.world.press(&link, &fields).await.status, 303);
    assert_eq!(at.shown(&lea).await["role"], "partner");
    let noe = at.world.invited_to(&at.dossier, "Noe", "observer", &at.admin).await;
    let seen = at.shown(&noe).await;
    assert_eq!((&seen["role"], &seen["observers"]), (&json!("observer"), &json!(1)));
    assert_eq!(at.world.membership(&noe, &at.portal).await["level"], "user");
}

#[tokio::test]
async fn each_side_is_invited_by_those_whom_the_rules_name() {
    let at = scene().await;
    let (world, portal, admin) = (&at.world, &at.portal, &at.admin);
    let member = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    let partner = world.invited_to(&at.dossier, "Paul", "partner", &at.anne).await;
    let adviser = world.invited_to(&at.dossier, "Ada", "advisor", admin).await;
    let observer = world.invited_to(&at.dossier, "Oda", "observer", admin).await;
    let local = world.advisor(portal, admin, "Lucie", &["33"]).await;
    let outside = world.advisor(portal, admin, "Olga", &["40"]).await;
    let national = world.advisor(portal, admin, "Nadia", &[]).await;
    let stranger = world.user("Sam", "Durand").await;
    let reviewer = world.member(portal, admin, "Rene", "reviewer").await;
    let staff = world.member(portal, admin, "Bruno", "global_administrator").await;
    for (name, user, to_applicants, to_advisors) in [
        ("contact", &at.anne, 201, 403),
        ("member", &member, 201, 403),
        ("partner", &partner, 403, 403),
        ("invited adviser", &adviser, 201, 403),
        ("observer", &observer, 201, 403),
        ("local adviser", &local, 403, 201),
        ("adviser elsewhere", &outside, 404, 404),
        ("national adviser", &national, 403, 201),
        ("stranger", &stranger, 404, 404),
        ("reviewer", &reviewer, 404, 404),
        ("staff", &staff, 201, 201),
    ] {
        let address = |role: &str| format!("{}.{role}@exemple.fr", name.replace(' ', "."));
        for (role, expected) in [
            ("member", to_applicants),
            ("partner", to_applicants),
            ("advisor", to_advisors),
            ("observer", to_advisors),
        ] {
            let (status, body) = at.invite(user, &address(role), role).await;
            assert_eq!(status, expected, "{name} {role}: {body}");
        }
        let (asked, expected) = ("invite_applicants", to_applicants == 201);
        let path = format!(
            "/v1/portals/{portal}/permissions?action={asked}&dossier={}",
            at.dossier.rsplit('/').next().unwrap()
        );
        let explained = world.call("GET", &path).by(user).send().await;
        if to_applicants == 404 {
            assert_eq!(explained.status, 404, "{name}");
        } else {
            assert_eq!(explained.json()["allowed"], expected, "{name}: {}", explained.text());
        }
    }
    for (user, invites) in [(&partner, false), (&member, true), (&observer, true)] {
        let may = at.shown(user).await["may"].clone();
        let says = may.as_array().unwrap().contains(&json!("invite_applicants"));
        assert_eq!(says, invites, "{may}");
    }
}

#[tokio::test]
async fn before_it_is_accepted_only_those_who_ask_are_invited_without_words_of_theirs() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let invite = async |by: &User, email: &str, role: &str, more: Value| {
        world.invite_to_dossier(&dossier, by, email, role, more).await
    };
    let words = invite(&anne, ZOE, "member", json!({"message": "Bonjour."})).await;
    assert_eq!((words.status, &words.json()["errors"][0]["field"]), (422, &json!("message")));
    let early = invite(&admin, ZOE, "advisor", json!({})).await;
    assert_eq!((early.status, &early.json()["code"]), (409, &json!("dossier_not_accepted")));
    assert_eq!(invite(&anne, ZOE, "member", json!({})).await.status, 201);
    let (_, text) = world.mails_to(ZOE).await.pop().unwrap();
    assert!(!text.contains("école"), "no title that no moderator has read: {text}");
    // She joins at once, and sees what only those who ask and staff see.
    let link = world.invited_link(ZOE).await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    let zoe = world.sign_in(ZOE).await;
    let seen = world.call("GET", &dossier).by(&zoe).send().await.json();
    assert_eq!((&seen["state"], &seen["role"]), (&json!("submitted"), &json!("member")));
    // Refused, it takes nobody in: neither by a new invitation nor by an old one.
    let lea = world.user("Lea", "Petit").await;
    assert_eq!(invite(&anne, &lea.email, "member", json!({})).await.status, 201);
    world.on_dossier(&dossier, &admin, "refuse", json!({"reason": "Hors sujet."})).await;
    let late = invite(&anne, "tard@exemple.fr", "member", json!({})).await;
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("dossier_refused")));
    let accepted = world.accept_mine(&lea).await;
    assert_eq!((accepted.status, &accepted.json()["code"]), (409, &json!("dossier_not_joinable")));
    assert!(world.membership(&lea, &portal).await.is_null(), "nothing was given");
}

#[tokio::test]
async fn nobody_is_invited_to_what_they_have_nor_to_the_other_side() {
    let at = scene().await;
    let world = &at.world;
    let member = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    let adviser = world.invited_to(&at.dossier, "Ada", "advisor", &at.admin).await;
    for (who, role, code) in [
        (&member, "member", "already_takes_part"),
        (&member, "partner", "already_takes_part"),
        (&at.anne, "member", "already_takes_part"),
        (&adviser, "observer", "already_takes_part"),
        (&adviser, "member", "takes_the_other_side"),
        (&member, "observer", "takes_the_other_side"),
    ] {
        let (status, body) = at.invite(&at.admin, &who.email.to_uppercase(), role).await;
        assert_eq!((status, &body["code"]), (409, &json!(code)), "{role}: {body}");
    }
    // More than they have is another matter; and what they took meanwhile is not lowered.
    let observer = world.invited_to(&at.dossier, "Oda", "observer", &at.admin).await;
    assert_eq!(at.invite(&at.admin, &observer.email, "advisor").await.0, 201);
    assert_eq!(world.accept_mine(&observer).await.status, 200);
    assert_eq!(at.shown(&observer).await["role"], "advisor");
    let local = world.advisor(&at.portal, &at.admin, "Lucie", &["33"]).await;
    at.invite(&at.admin, &local.email, "observer").await;
    world.on_dossier(&at.dossier, &local, "join", json!({"role": "advisor"})).await;
    assert_eq!(world.accept_mine(&local).await.status, 200);
    let seen = at.shown(&local).await;
    assert_eq!((&seen["role"], &seen["advisors"]), (&json!("advisor"), &json!(3)));
    // Who took the other side meanwhile can't take this one.
    let other = world.advisor(&at.portal, &at.admin, "Luc", &["33"]).await;
    at.invite(&at.anne, &other.email, "partner").await;
    world.on_dossier(&at.dossier, &other, "join", json!({"role": "observer"})).await;
    let refused = world.accept_mine(&other).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("takes_the_other_side")));
}

#[tokio::test]
async fn an_address_has_one_open_invitation_to_a_dossier_however_often_one_presses() {
    let at = scene().await;
    let presses = (0..20).map(|_| at.invite(&at.admin, ZOE, "member"));
    let answers = futures_util::future::join_all(presses).await;
    let count = |wanted| answers.iter().filter(|(status, _)| *status == wanted).count();
    let (made, beyond) = (count(201), count(429));
    assert_eq!((made, count(409) + count(503) + beyond), (1, 19), "{answers:?}");
    let (_, twice) = at.invite(&at.anne, ZOE, "partner").await;
    assert_eq!(twice["code"], "already_invited", "{twice}");
    // Neither the portal nor another dossier has anything to do with it.
    let other = at.world.open_dossier(&at.portal, &at.anne, &at.admin, "33063").await;
    let made = at.world.invite_to_dossier(&other, &at.anne, ZOE, "member", json!({})).await;
    assert_eq!(made.status, 201);
    assert_eq!(at.world.invite(&at.portal, &at.admin, ZOE, json!({})).await.status, 429);
    let bruno = at.world.member(&at.portal, &at.admin, "Bruno", "global_administrator").await;
    assert_eq!(at.world.invite(&at.portal, &bruno, ZOE, json!({})).await.status, 201);
}

#[tokio::test]
async fn one_can_be_invited_again_after_every_end() {
    let at = scene().await;
    let (world, zoe) = (&at.world, at.world.user("Zoe", "Blanc").await);
    let decline = async || {
        let mine = world.call("GET", "/v1/me/invitations").by(&zoe).send().await.json();
        let id = mine["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/me/invitations/{id}/decline");
        world.call("POST", &path).by(&zoe).once().send().await
    };
    let (_, made) = at.invite(&at.anne, &zoe.email, "member").await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(world.manage(&at.portal, &at.anne, id, "cancel").await.status, 200);
    assert_eq!(at.invite(&at.anne, &zoe.email, "member").await.0, 201, "cancelled");
    assert_eq!(decline().await.status, 204);
    let (subject, _) = world.mails_to(&at.anne.email).await.pop().unwrap();
    assert!(subject.contains("declined"), "{subject}");
    assert_eq!(at.invite(&at.anne, &zoe.email, "member").await.0, 201, "declined");
    assert_eq!(world.accept_mine(&zoe).await.status, 200);
    assert_eq!(at.invite(&at.anne, &zoe.email, "member").await.0, 409, "they take part");
    assert_eq!(world.on_dossier(&at.dossier, &zoe, "leave", json!({})).await.status, 204);
    assert_eq!(at.invite(&at.anne, &zoe.email, "partner").await.0, 201, "they left");
    assert_eq!(world.accept_mine(&zoe).await.status, 200);
    assert_eq!(at.roles("applicants").await, ["partner", "referent"]);
}

#[tokio::test]
async fn it_dies_with_the_inviters_right_and_passes_to_a_successor_who_has_it() {
    let at = scene().await;
    let (world, portal, admin) = (&at.world, &at.portal, &at.admin);
    let local = world.advisor(portal, admin, "Lucie", &["33"]).await;
    let lea = world.user("Lea", "Petit").await;
    at.invite(&local, &lea.email, "advisor").await;
    // Lucie's territory is taken away: the invitation gives nothing any more.
    world.access(portal, admin, &local, "revoke", &json!({})).await;
    let dead = world.accept_mine(&lea).await;
    assert_eq!((dead.status, &dead.json()["rule"]), (403, &json!("inviter_may_still_invite")));
    // She is archived in favour of somebody who may invite, then it lives.
    let heir = world.advisor(portal, admin, "Nora", &[]).await;
    let body = json!({"successor": heir.account});
    let archived = world.on_person(portal, admin, &local, "archive", &body).await;
    assert_eq!(archived.status, 200, "{}", archived.text());
    assert_eq!(world.accept_mine(&lea).await.status, 200);
    assert_eq!(at.shown(&lea).await["role"], "advisor");
    // Of somebody who may not, it stays dead.
    let member = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    let noe = world.user("Noe", "Petit").await;
    at.invite(&member, &noe.email, "partner").await;
    let body = json!({"successor": heir.account});
    world.on_person(portal, admin, &member, "archive", &body).await;
    assert_eq!(world.accept_mine(&noe).await.status, 403, "Nora takes no part herself");
}

#[tokio::test]
async fn an_invitation_to_a_dossier_brings_nobody_back_to_the_portal() {
    let at = scene().await;
    let (world, portal, admin) = (&at.world, &at.portal, &at.admin);
    let paul = world.member(portal, admin, "Paul", "user").await;
    world.on_person(portal, admin, &paul, "archive", &json!({})).await;
    world.clock.advance_seconds(1);
    let (status, body) = at.invite(admin, &paul.email, "member").await;
    assert_eq!((status, &body["code"]), (409, &json!("archived")), "staff see that");
    assert_eq!(at.invite(&at.anne, &paul.email, "member").await.0, 201, "others do not");
    let refused = world.accept_mine(&paul).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("inactive_here")));
    assert_eq!(world.call("GET", &at.dossier).by(&paul).send().await.status, 404);
    let path = format!("/v1/portals/{portal}/people/{}", paul.account);
    let person = world.call("GET", &path).by(admin).send().await.json();
    assert!(person["archived_at"].is_string(), "{person}");
}

#[tokio::test]
async fn whoever_is_not_staff_invites_twenty_times_a_day() {
    let at = scene().await;
    for number in 0..20 {
        let email = format!("p{number}@exemple.fr");
        assert_eq!(at.invite(&at.anne, &email, "partner").await.0, 201, "{number}");
    }
    let (status, body) = at.invite(&at.anne, "p20@exemple.fr", "partner").await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
    for number in 20..42 {
        let email = format!("p{number}@exemple.fr");
        assert_eq!(at.invite(&at.admin, &email, "partner").await.0, 201, "{number}");
    }
}

#[tokio::test]
async fn somebody_removed_stays_so_whatever_invitation_is_older_than_that() {
    let at = scene().await;
    let (world, admin) = (&at.world, &at.admin);
    let paul = world.invited_to(&at.dossier, "Paul", "partner", &at.anne).await;
    assert_eq!(at.invite(&at.anne, &paul.email, "member").await.0, 201, "more than he has");
    world.clock.advance_seconds(1);
    let path = format!("{}/members/{}", at.dossier, paul.account);
    let removed = world.call("DELETE", &path).by(&at.anne).if_match("1").once().send().await;
    assert_eq!(removed.status, 204, "{}", removed.text());
    let refused = world.accept_mine(&paul).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("invitation_ended")));
    assert_eq!(at.roles("applicants").await, ["referent"]);
    // Once that one is gone, they can be invited anew.
    let list = format!("{}/invitations", at.dossier);
    let open = world.call("GET", &list).by(&at.anne).send().await.json();
    let id = open["items"][0]["id"].as_str().unwrap();
    assert_eq!(world.manage(&at.portal, admin, id, "cancel").await.status, 200);
    world.clock.advance_seconds(1);
    assert_eq!(at.invite(&at.anne, &paul.email, "partner").await.0, 201);
    assert_eq!(world.accept_mine(&paul).await.status, 200);
}

#[tokio::test]
async fn the_inviter_is_told_what_the_invitee_has_now_and_nothing_once_they_have_no_say() {
    let at = scene().await;
    let world = &at.world;
    let local = world.advisor(&at.portal, &at.admin, "Lucie", &["33"]).await;
    let staff = world.member(&at.portal, &at.admin, "Bruno", "global_administrator").await;
    at.invite(&staff, &local.email, "observer").await;
    world.on_dossier(&at.dossier, &local, "join", json!({"role": "advisor"})).await;
    assert_eq!(world.accept_mine(&local).await.status, 200);
    let (_, text) = world.mails_to(&staff.email).await.pop().unwrap();
    assert!(text.contains("Role: adviser"), "{text}");
    // A member who was removed is not told who declined.
    let max = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    at.invite(&max, ZOE, "partner").await;
    let link = world.invited_link(ZOE).await.replace("/accept?", "/decline?");
    let told = world.mails_to(&max.email).await.len();
    let path = format!("{}/members/{}", at.dossier, max.account);
    world.call("DELETE", &path).by(&at.anne).if_match("1").once().send().await;
    assert_eq!(world.press(&link, &[]).await.status, 303);
    let mails = world.mails_to(&max.email).await;
    assert_eq!(mails.len(), told + 1, "of the removal alone: {mails:?}");
}

#[tokio::test]
async fn what_nobody_has_read_yet_is_mailed_seldom_and_in_nobody_elses_words() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let mut dossiers = Vec::new();
    for name in ["Anne", "Lea"] {
        let user = world.user(name, "Durand").await;
        dossiers.push((world.dossier(&portal, &user, "33063").await, user));
    }
    let names = json!({"first_name": "Gagnez", "last_name": "Tout"});
    for (dossier, user) in &dossiers {
        let made = world.invite_to_dossier(dossier, user, ZOE, "member", names.clone()).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    let mails = world.mails_to(ZOE).await;
    assert_eq!(mails.len(), 1, "one in ten minutes, whoever asks: {mails:?}");
    assert!(!mails[0].1.contains("Gagnez"), "{}", mails[0].1);
    // Once it is accepted, those who ask are known.
    let (dossier, user) = &dossiers[1];
    world.on_dossier(dossier, &admin, "accept", json!({})).await;
    let made = world.invite_to_dossier(dossier, user, "ida@exemple.fr", "member", names).await;
    assert_eq!(made.status, 201);
    let (_, text) = world.mails_to("ida@exemple.fr").await.pop().unwrap();
    assert!(text.contains("Gagnez Tout"), "{text}");
}

#[tokio::test]
async fn a_request_sent_twice_is_answered_as_its_sender_may_see_it_now() {
    let at = scene().await;
    let world = &at.world;
    let max = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    let path = format!("{}/invitations", at.dossier);
    let send = async || {
        let call = world.call("POST", &path).by(&max).header("idempotency-key", "one");
        call.json(&json!({"email": ZOE, "role": "partner"})).send().await
    };
    let made = send().await;
    assert_eq!((made.status, send().await.json()["id"].clone()), (201, made.json()["id"].clone()));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let address = format!("/v1/portals/{}/invitations/{id}/address", at.portal);
    let etag = made.json()["etag"].as_str().unwrap().to_owned();
    let corrected = world.call("PUT", &address).by(&at.anne).if_match(&etag).once();
    let corrected = corrected.json(&json!({"email": "autre@exemple.fr"})).send().await;
    assert_eq!(corrected.status, 200, "{}", corrected.text());
    assert_eq!(send().await.status, 403, "it is Anne's now");
    // An invitation to the portal is answered too once its first dossier takes nobody in any more.
    let waits = world.dossier(&at.portal, &at.anne, "33063").await;
    let body = json!({"first_name": "Ida", "last_name": "Petit", "email": "ida@exemple.fr",
        "assignment": {"dossier": waits.rsplit('/').next(), "role": "member"}});
    let path = format!("/v1/portals/{}/invitations", at.portal);
    let send = async || {
        let call = world.call("POST", &path).by(&at.admin).header("idempotency-key", "two");
        call.json(&body).send().await.status
    };
    assert_eq!(send().await, 201);
    world.on_dossier(&waits, &at.admin, "refuse", json!({"reason": "Non."})).await;
    assert_eq!(send().await, 201);
}

#[tokio::test]
async fn no_web_address_goes_out_in_what_an_inviter_wrote_of_themselves_or_to_the_invitee() {
    let at = scene().await;
    let world = &at.world;
    let path = format!("/v1/portals/{}/people/{}", at.portal, at.anne.account);
    let shown = world.call("GET", &path).by(&at.admin).send().await.json();
    let etag = shown["profile_etag"].as_str().unwrap().to_owned();
    let change = json!({"organisation": "impots-verif.fr/connexion"});
    let changed = world.call("PATCH", &path).by(&at.admin).if_match(&etag).once().json(&change);
    let changed = changed.send().await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(at.invite(&at.anne, ZOE, "member").await.0, 201);
    let (_, text) = world.mails_to(ZOE).await.pop().unwrap();
    assert!(text.contains("Anne Durand") && !text.contains("impots"), "{text}");
    for words in
        ["Voyez impots-gouv.info/connexion", "http://exemple.fr", "Cliquez\u{202F}: exemple.COM"]
    {
        let more = json!({ "message": words });
        let answer =
            world.invite_to_dossier(&at.dossier, &at.anne, "leo@exemple.fr", "member", more).await;
        assert_eq!(answer.status, 422, "{words}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["field"], "message", "{words}");
        let more = json!({ "message": words });
        let answer = world.invite(&at.portal, &at.admin, "leo@exemple.fr", more).await;
        assert_eq!(answer.status, 422, "{words}: {}", answer.text());
    }
}
