//! What people see of inviting somebody to a portal.

use serde_json::{Value, json};

use crate::world::{User, World};

async fn scene() -> (World, String, User) {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    (world, portal, admin)
}

#[tokio::test]
async fn an_invitation_is_mailed_with_both_links_the_words_and_the_date() {
    let (world, portal, admin) = scene().await;
    let more = json!({"level": "reviewer", "message": "Rejoignez-nous !\nÀ bientôt."});
    let made = world.invite(&portal, &admin, "zoe@exemple.fr", more).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let body = made.json();
    assert_eq!((&body["state"], &body["times_sent"]), (&json!("pending"), &json!(1)));
    assert_eq!(body["expires_at"], "2026-11-28T12:00:00.000Z");
    let mails = world.mails_to("zoe@exemple.fr").await;
    let [(subject, text)] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(subject, "Alpha\u{A0}: invitation à rejoindre le portail");
    for words in [
        "Bonjour Zoé Blanc,",
        "Claire Martin vous invite à rejoindre le portail",
        "> Rejoignez-nous !",
        "> À bientôt.",
        "/invitation/accept?token=",
        "/invitation/decline?token=",
        "28\u{A0}novembre\u{A0}2026",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(world.acts(&portal, &admin).await, ["portal.created", "invitation.sent"]);
}

#[tokio::test]
async fn what_is_preloaded_sends_no_mail() {
    let (world, portal, admin) = scene().await;
    let made = world.invite(&portal, &admin, "zoe@exemple.fr", json!({"send": "later"})).await;
    assert_eq!((made.status, &made.json()["state"]), (201, &json!("preloaded")));
    assert_eq!(made.json().get("expires_at"), None);
    assert_eq!(world.mails_to("zoe@exemple.fr").await, []);
}

#[tokio::test]
async fn nobody_invites_above_what_they_may_give() {
    let (world, portal, admin) = scene().await;
    let levels = [
        "user",
        "reviewer",
        "manager",
        "administrator",
        "global_administrator",
        "super_administrator",
    ];
    // Actor level × invited level: how many of the six levels each level gives, counted upwards.
    for (actor, gives) in levels.iter().zip([0, 0, 0, 0, 4, 6]) {
        let first = format!("Anne{}", &actor[..1]);
        let by = match *actor {
            "super_administrator" => admin.clone(),
            level => world.member(&portal, &admin, &first, level).await,
        };
        for (number, level) in levels.iter().enumerate() {
            let email = format!("{actor}.{level}@exemple.fr");
            let answer = world.invite(&portal, &by, &email, json!({"level": level})).await;
            let expected = if number < gives { 201 } else { 403 };
            assert_eq!(answer.status, expected, "{actor} invites {level}: {}", answer.text());
        }
    }
    let outsider = world.user("Olga", "Durand").await;
    let answer = world.invite(&portal, &outsider, "x@exemple.fr", json!({})).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn the_second_invitation_of_an_address_is_told_which_one_exists() {
    let (world, portal, admin) = scene().await;
    let first = world.invite(&portal, &admin, "Zoe.Blanc@Exemple.FR", json!({})).await.json();
    let second = world.invite(&portal, &admin, "zoe.blanc@exemple.fr", json!({})).await;
    assert_eq!(second.status, 409);
    assert_eq!(second.json()["code"], "already_invited");
    assert_eq!(second.json()["invitation"], first["id"]);
    let (other, owner) = world.portal("Beta").await;
    let elsewhere = world.invite(&other, &owner, "zoe.blanc@exemple.fr", json!({})).await;
    assert_eq!(elsewhere.status, 201, "another portal knows nothing of it");
}

#[tokio::test]
async fn two_invitations_of_one_address_at_once_make_one() {
    for seed in 0..5 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        let invite = || world.invite(&portal, &admin, "zoe@exemple.fr", json!({}));
        let answers = tokio::join!(invite(), invite(), invite());
        let mut statuses = [answers.0.status, answers.1.status, answers.2.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409]);
        assert_eq!(world.mails_to("zoe@exemple.fr").await.len(), 1);
    }
}

#[tokio::test]
async fn an_active_person_is_not_invited_and_an_inactive_one_is() {
    let (world, portal, admin) = scene().await;
    let anne = world.member(&portal, &admin, "Anne", "manager").await;
    let refused = world.invite(&portal, &admin, &anne.email, json!({})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("already_a_person")));
    assert_eq!(refused.json()["person"]["level"], "manager");
    world.on_person(&portal, &admin, &anne, "archive", &json!({})).await;
    let invited = world.invite(&portal, &admin, &anne.email, json!({})).await;
    assert_eq!(invited.status, 201, "{}", invited.text());
}

#[tokio::test]
async fn an_address_known_elsewhere_looks_like_one_never_seen() {
    let (world, portal, admin) = scene().await;
    let (other, owner) = world.portal("Beta").await;
    let known = world.member(&other, &owner, "Anne", "administrator").await;
    let mut answers = Vec::new();
    // The first call reads keys and secrets, which the next ones keep.
    world.invite(&portal, &admin, "premiere@exemple.fr", json!({})).await;
    for email in [known.email.as_str(), "jamais.vue@exemple.fr"] {
        world.stack.wire.take_calls();
        let answer = world.invite(&portal, &admin, email, json!({})).await;
        let calls: Vec<_> =
            world.stack.wire.take_calls().into_iter().map(|call| call.operation).collect();
        let mut body = answer.json();
        body["id"] = Value::Null;
        body["etag"] = Value::Null;
        body["email"] = Value::Null;
        answers.push((answer.status, body, calls));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn addresses_are_one_whatever_their_capitals_and_two_whatever_looks_alike() {
    let (world, portal, admin) = scene().await;
    let long = format!(
        "{}@{}.fr",
        "a".repeat(64),
        ["b".repeat(62), "c".repeat(62), "d".repeat(60)].join(".")
    );
    assert_eq!(long.len(), 254);
    let taken: [(&str, u16); 9] = [
        ("anne+tri@exemple.fr", 201),
        ("anne@exemple.fr", 201),
        ("ANNE@EXEMPLE.FR", 409),
        ("a@mairie-évry.fr", 201),
        ("a@xn--mairie-vry-h7a.fr", 409),
        // A Cyrillic "а" is another letter: in a domain another domain, in a local part refused.
        ("anne@exemplе.fr", 201),
        ("аnne@exemple.fr", 422),
        (long.as_str(), 201),
        ("anne@exemple", 422),
    ];
    for (email, status) in taken {
        let answer = world.invite(&portal, &admin, email, json!({"send": "later"})).await;
        assert_eq!(answer.status, status, "{email}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_portal_invites_only_the_domains_and_user_types_that_it_has_set() {
    let (world, portal, admin) = scene().await;
    let path = format!("/v1/portals/{portal}");
    let etag = world.etag(&admin, &path).await;
    let body = json!({"invited_domains": ["Mairie-Évry.fr"], "user_types": ["Élu"]});
    let set = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&body).send().await;
    assert_eq!(set.status, 200, "{}", set.text());
    for (email, user_type, status, field) in [
        ("a@exemple.fr", "Élu", 422, "email"),
        ("a@sous.mairie-évry.fr", "Élu", 422, "email"),
        ("a@mairie-évry.fr", "Agent", 422, "user_type"),
        ("a@mairie-évry.fr", "Élu", 201, ""),
    ] {
        let answer = world.invite(&portal, &admin, email, json!({"user_type": user_type})).await;
        assert_eq!(answer.status, status, "{email} {user_type}: {}", answer.text());
        let named = answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!(named, field);
    }
}

#[tokio::test]
async fn inviting_again_works_after_every_end() {
    let (world, portal, admin) = scene().await;
    let email = "zoe@exemple.fr";
    // State before × what inviting again answers.
    let table = [
        ("preloaded", 409),
        ("pending", 409),
        ("declined", 201),
        ("cancelled", 201),
        ("overdue", 201),
        ("expired", 201),
    ];
    for (state, status) in table {
        world.clock.advance_days(1);
        let admin = world.sign_in(&admin.email).await;
        let more = json!({"send": if state == "preloaded" { "later" } else { "now" }});
        let made = world.invite(&portal, &admin, email, more).await;
        assert_eq!(made.status, 201, "{state}: {}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let admin = world.sign_in(&admin.email).await;
        match state {
            "declined" => {
                let link = world.invited_link(email).await.replace("/accept?", "/decline?");
                assert_eq!(world.press(&link, &[]).await.status, 303);
            }
            "cancelled" => {
                assert_eq!(world.manage(&portal, &admin, &id, "cancel").await.status, 200);
            }
            "overdue" => world.clock.advance_days(8),
            "expired" => {
                world.clock.advance_days(8);
                assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 1);
            }
            _ => {}
        }
        let admin = world.sign_in(&admin.email).await;
        let again = world.invite(&portal, &admin, email, json!({})).await;
        assert_eq!(again.status, status, "{state}: {}", again.text());
        // Nothing is left open for the next row.
        let open = again.json();
        let open = open["id"].as_str().map_or(id, str::to_owned);
        assert_eq!(world.manage(&portal, &admin, &open, "cancel").await.status, 200, "{state}");
    }
    let journal = world.stack.journal().unwrap();
    let expired = journal.iter().filter(|entry| entry["act"] == "invitation.expired").count();
    assert_eq!(expired, 2, "the overdue one ends with an entry of its own");
}

#[tokio::test]
async fn who_left_or_was_removed_is_invited_again_and_comes_back_with_what_the_invitation_gives() {
    let (world, portal, admin) = scene().await;
    let anne = world.member(&portal, &admin, "Anne", "administrator").await;
    let promoted = json!({"territory": {"departments": ["33"]}});
    assert_eq!(world.access(&portal, &admin, &anne, "promote", &promoted).await.status, 200);
    world.on_person(&portal, &admin, &anne, "archive", &json!({})).await;
    world.clock.advance_seconds(1);
    world.invite(&portal, &admin, &anne.email, json!({"level": "reviewer"})).await;
    let link = world.invited_link(&anne.email).await;
    let accepted = world.press(&link, &[("password", crate::world::PASSWORD)]).await;
    assert_eq!(accepted.status, 303, "{}", accepted.text());
    let is = world.membership(&anne, &portal).await;
    assert_eq!((&is["level"], is.get("access")), (&json!("reviewer"), None));
}

#[tokio::test]
async fn the_same_request_again_answers_the_same_invitation() {
    let (world, portal, admin) = scene().await;
    let body = json!({"first_name": "Zoé", "last_name": "Blanc", "email": "zoe@exemple.fr"});
    let send = || {
        let call = world.call("POST", &format!("/v1/portals/{portal}/invitations")).by(&admin);
        call.header("idempotency-key", "one").json(&body).send()
    };
    let first = send().await;
    assert_eq!(send().await.json()["id"], first.json()["id"]);
    let link = world.invited_link("zoe@exemple.fr").await.replace("/accept?", "/decline?");
    assert_eq!(world.press(&link, &[]).await.status, 303);
    let last = send().await;
    assert_eq!(
        (&last.json()["id"], &last.json()["state"]),
        (&first.json()["id"], &json!("declined"))
    );
    assert_eq!(world.mails_to("zoe@exemple.fr").await.len(), 1);
}

#[tokio::test]
async fn inviting_is_no_way_round_restoring() {
    let (world, portal, admin) = scene().await;
    let gina = world.member(&portal, &admin, "Gina", "global_administrator").await;
    let chief = world.member(&portal, &admin, "Denis", "super_administrator").await;
    world.on_person(&portal, &admin, &chief, "archive", &json!({})).await;
    let refused = world.invite(&portal, &gina, &chief.email, json!({})).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(world.invite(&portal, &admin, &chief.email, json!({})).await.status, 201);
}

#[tokio::test]
async fn one_address_is_invited_five_times_a_day_by_each_who_may_invite_it() {
    let (world, portal, admin) = scene().await;
    // Whoever may not invite spends nothing of what others may.
    let outsider = world.user("Olga", "Durand").await;
    for _ in 0..6 {
        let refused = world.invite(&portal, &outsider, "zoe@exemple.fr", json!({})).await;
        assert_eq!(refused.status, 404, "{}", refused.text());
    }
    for number in 0..6 {
        let answer = world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
        assert_eq!(answer.status, if number < 5 { 201 } else { 429 }, "{}", answer.text());
        if let Some(id) = answer.json()["id"].as_str() {
            assert_eq!(world.manage(&portal, &admin, id, "cancel").await.status, 200);
        }
    }
    let (beta, owner) = world.portal("Beta").await;
    let elsewhere = world.invite(&beta, &owner, "zoe@exemple.fr", json!({})).await;
    assert_eq!(elsewhere.status, 201, "what another portal does is another portal's");
}

#[tokio::test]
async fn somebody_invited_to_the_portal_may_begin_with_a_dossier() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let id = dossier.rsplit('/').next().unwrap();
    let assigned = |role: &str| json!({"assignment": {"dossier": id, "role": role}});
    let made = world.invite(&portal, &admin, "zoe@exemple.fr", assigned("advisor")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.json()["assignment"]["title"], "Une école pour deux villages");
    let (_, text) = world.mails_to("zoe@exemple.fr").await.pop().unwrap();
    assert!(text.contains("Premier dossier"), "{text}");
    let link = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    let zoe = world.sign_in("zoe@exemple.fr").await;
    let seen = world.call("GET", &dossier).by(&zoe).send().await.json();
    assert_eq!((&seen["role"], &seen["advisors"]), (&json!("advisor"), &json!(1)));
    // Which dossier it is, is not for those who see the people alone.
    let reviewer = world.member(&portal, &admin, "Rene", "reviewer").await;
    let list = format!("/v1/portals/{portal}/invitations?list=closed");
    for (user, sees) in [(&admin, true), (&reviewer, false)] {
        let rows = world.call("GET", &list).by(user).send().await.json();
        assert_eq!(rows["items"][0]["assignment"].is_object(), sees, "{rows}");
        let path = format!(
            "/v1/portals/{portal}/invitations/{}",
            rows["items"][0]["id"].as_str().unwrap()
        );
        let whole = world.call("GET", &path).by(user).send().await.json();
        assert_eq!(whole["assignment"].is_object(), sees, "{whole}");
    }
    // A dossier that is not there, or takes nobody in.
    let waits = world.dossier(&portal, &anne, "33063").await;
    let (other, chief) = world.portal("Beta").await;
    let elsewhere = world.open_dossier(&other, &anne, &chief, "33063").await;
    for path in [&waits, &elsewhere] {
        let id = path.rsplit('/').next().unwrap();
        let body = json!({"assignment": {"dossier": id, "role": "advisor"}});
        let refused = world.invite(&portal, &admin, "lea@exemple.fr", body).await;
        let field = refused.json()["errors"][0]["field"].clone();
        assert_eq!((refused.status, field), (422, json!("assignment")), "{}", refused.text());
    }
    // What the dossier no longer gives does not keep them from the portal.
    let body = json!({"assignment": {"dossier": waits.rsplit('/').next(), "role": "member"}});
    let made = world.invite(&portal, &admin, "lea@exemple.fr", body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    world.on_dossier(&waits, &admin, "refuse", json!({"reason": "Hors sujet."})).await;
    let link = world.invited_link("lea@exemple.fr").await;
    assert_eq!(world.create_account(&link, "lea.petit").await.status, 303);
    let lea = world.sign_in("lea@exemple.fr").await;
    assert_eq!(world.membership(&lea, &portal).await["level"], "user");
    let (_, text) = world.mails_to(&admin.email).await.pop().unwrap();
    assert!(text.contains("premier dossier, prévue par l’invitation"), "{text}");
    assert_eq!(world.call("GET", &waits).by(&lea).send().await.status, 404);
}
