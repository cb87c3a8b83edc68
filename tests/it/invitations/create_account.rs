//! What newcomers see who accept an invitation.

use serde_json::json;

use crate::world::{PASSWORD, User, World};

const EMAIL: &str = "zoe@exemple.fr";

async fn invited(level: &str) -> (World, String, User, String) {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let more = json!({"level": level, "job_title": "Élue"});
    let made = world.invite(&portal, &admin, EMAIL, more).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let link = world.invited_link(EMAIL).await;
    (world, portal, admin, link)
}

#[tokio::test]
async fn a_newcomer_becomes_an_account_and_a_person_in_one_step() {
    let (world, portal, admin, link) = invited("administrator").await;
    let answer = world.create_account(&link, "zoe.blanc").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/done/invitation-accepted"))
    );
    let zoe = world.sign_in(EMAIL).await;
    let is = world.membership(&zoe, &portal).await;
    assert_eq!((&is["level"], &is["job_title"]), (&json!("administrator"), &json!("Élue")));
    let path = format!("/v1/portals/{portal}/journal/mine");
    let mine = world.call("GET", &path).by(&zoe).send().await.json();
    assert_eq!(mine["items"][0]["act"], "invitation.accepted");
    let (subject, _) = world.mails_to(&admin.email).await.pop().unwrap();
    assert!(subject.contains("acceptée"), "{subject}");
}

#[tokio::test]
async fn an_address_that_has_an_account_is_not_merged() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let zoe = world.user("Zoe", "Blanc").await;
    world.invite(&portal, &admin, &zoe.email, json!({})).await;
    let link = world.invited_link(&zoe.email).await;
    let answer = world.create_account(&link, "zoe.autre").await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("already has an account"), "{}", answer.text());
    assert!(world.membership(&zoe, &portal).await.is_null());
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_typed_stays() {
    let (world, _, _, link) = invited("user").await;
    world.user("Anne", "Durand").await;
    let (_, token) = link.split_once("?token=").unwrap();
    for (first_name, username, password, words) in [
        ("Zoé", "anne.durand", PASSWORD, "taken"),
        ("Zoé", "Zoé !", PASSWORD, "3 to 64 characters"),
        ("<b>", "zoe.blanc", PASSWORD, "not accepted here"),
        ("Zoé", "zoe.blanc", "court", "at least 15 characters"),
    ] {
        let fields = [
            ("first_name", first_name),
            ("last_name", "Petit"),
            ("username", username),
            ("password", password),
        ];
        let answer = world.press_at("/invitation/create-account", token, &fields).await;
        assert_eq!(answer.status, 422, "{words}: {}", answer.text());
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        assert!(answer.text().contains("value=\"Petit\""), "{}", answer.text());
        assert!(!answer.text().contains(PASSWORD));
        assert!(answer.text().contains("aria-invalid"), "{}", answer.text());
    }
}

#[tokio::test]
async fn staff_levels_take_effect_after_a_fresh_link_of_one_hour() {
    for minutes in [59, 60] {
        let (world, portal, _, link) = invited("super_administrator").await;
        let answer = world.create_account(&link, "zoe.blanc").await;
        assert_eq!(answer.header("location"), Some("/done/invitation-to-confirm"));
        // Nothing has happened yet: no account, no person, the invitation still open.
        let body = json!({"email": EMAIL, "password": PASSWORD});
        let signed = world.call("POST", "/v1/sessions").json(&body).send().await;
        assert_eq!(signed.status, 401);
        let fresh = world.link_to(EMAIL).await;
        assert!(fresh.contains("/verify-email?token="), "{fresh}");
        world.clock.advance_seconds(minutes * 60);
        let fields = [("username", "zoe.blanc"), ("password", PASSWORD)];
        let answer = world.press(&fresh, &fields).await;
        if minutes < 60 {
            assert_eq!(answer.header("location"), Some("/done/invitation-accepted"));
            let zoe = world.sign_in(EMAIL).await;
            assert_eq!(world.membership(&zoe, &portal).await["level"], "super_administrator");
        } else {
            assert_eq!(answer.status, 410, "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_fresh_link_gives_nothing_once_the_invitation_was_cancelled() {
    let (world, portal, admin, link) = invited("global_administrator").await;
    world.create_account(&link, "zoe.blanc").await;
    let fresh = world.link_to(EMAIL).await;
    let list = format!("/v1/portals/{portal}/invitations");
    let listed = world.call("GET", &list).by(&admin).send().await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.manage(&portal, &admin, &id, "cancel").await.status, 200);
    let fields = [("username", "zoe.blanc"), ("password", PASSWORD)];
    let answer = world.press(&fresh, &fields).await;
    // The address and the password were proved: the account is theirs, the portal is not.
    assert_eq!(answer.header("location"), Some("/done/account-created"));
    let zoe = world.sign_in(EMAIL).await;
    assert!(world.membership(&zoe, &portal).await.is_null());
}

#[tokio::test]
async fn twenty_presses_at_once_make_one_account() {
    for seed in 0..3 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        world.invite(&portal, &admin, EMAIL, json!({})).await;
        let link = world.invited_link(EMAIL).await;
        let names: Vec<String> = (0..20).map(|number| format!("zoe.{number}")).collect();
        let presses = names.iter().map(|name| world.create_account(&link, name));
        let answers = futures_util::future::join_all(presses).await;
        let done = answers.iter().filter(|answer| answer.status == 303).count();
        assert_eq!(done, 1, "{:?}", answers.iter().map(|one| one.status).collect::<Vec<_>>());
        assert!(answers.iter().all(|answer| answer.status < 500 || answer.status == 503));
        let acts = world.acts(&portal, &admin).await;
        assert_eq!(acts.iter().filter(|act| *act == "invitation.accepted").count(), 1);
    }
}

#[tokio::test]
async fn a_fresh_link_gives_nothing_once_the_address_was_corrected() {
    let (world, portal, admin, link) = invited("super_administrator").await;
    world.create_account(&link, "zoe.blanc").await;
    let fresh = world.link_to(EMAIL).await;
    let list = format!("/v1/portals/{portal}/invitations");
    let listed = world.call("GET", &list).by(&admin).send().await.json();
    let one = format!("{list}/{}", listed["items"][0]["id"].as_str().unwrap());
    let etag = world.etag(&admin, &one).await;
    let right = json!({"email": "juste@exemple.fr"});
    let call = world.call("PUT", &format!("{one}/address")).by(&admin).if_match(&etag);
    assert_eq!(call.json(&right).send().await.status, 200);
    let fields = [("username", "zoe.blanc"), ("password", PASSWORD)];
    let answer = world.press(&fresh, &fields).await;
    assert_eq!(answer.header("location"), Some("/done/account-created"));
    let wrong = world.sign_in(EMAIL).await;
    assert!(world.membership(&wrong, &portal).await.is_null(), "S6, S7");
    let right = world.invited_link("juste@exemple.fr").await;
    let answer = world.create_account(&right, "zoe.juste").await;
    assert_eq!(answer.header("location"), Some("/done/invitation-to-confirm"));
}

#[tokio::test]
async fn strangers_do_not_keep_the_fresh_link_from_coming() {
    let (world, _, _, link) = invited("global_administrator").await;
    world.sign_up("Zoe", "Blanc", EMAIL, None).await;
    world.settle().await;
    for _ in 0..2 {
        world.create_account(&link, "zoe.blanc").await;
        world.settle().await;
    }
    let mails = world.mails_to(EMAIL).await;
    let fresh = mails.iter().filter(|(_, text)| text.contains("/verify-email?token=")).count();
    assert_eq!(fresh, 3, "one of the stranger's, and one for each press");
}

#[tokio::test]
async fn a_closed_invitation_shows_nothing_to_whoever_posts_either() {
    let (world, portal, admin, link) = invited("user").await;
    let list = format!("/v1/portals/{portal}/invitations");
    let listed = world.call("GET", &list).by(&admin).send().await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    world.manage(&portal, &admin, &id, "cancel").await;
    for answer in [
        world.press(&link, &[("password", "un mauvais mot de passe")]).await,
        world.create_account(&link, "x").await,
    ] {
        assert_eq!(answer.status, 409);
        for hidden in ["Alpha", "Claire", "exemple.fr", "<form"] {
            assert!(!answer.text().contains(hidden), "{hidden}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn whoever_is_invited_as_an_adviser_is_one_at_whichever_level() {
    for (level, confirms) in [("user", false), ("global_administrator", true)] {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let more = json!({"level": level, "territory": {"departments": ["2A", "33"]}});
        let answer = world.invite(&portal, &admin, "zoe@exemple.fr", more).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let link = world.invited_link("zoe@exemple.fr").await;
        assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
        if confirms {
            world.verify("zoe@exemple.fr", "zoe.blanc").await;
        }
        let zoe = world.sign_in("zoe@exemple.fr").await;
        let member = world.membership(&zoe, &portal).await;
        assert_eq!(member["level"], level);
        assert_eq!(member["access"]["territory"]["departments"], json!(["2A", "33"]), "{member}");
    }
}

#[tokio::test]
async fn a_first_dossier_comes_with_the_fresh_link_too() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    for (number, role) in ["observer", "member"].into_iter().enumerate() {
        let id = dossier.rsplit('/').next().unwrap();
        let assignment = json!({"dossier": id, "role": role});
        let more = json!({"level": "super_administrator", "assignment": assignment});
        let email = format!("zoe{number}@exemple.fr");
        let made = world.invite(&portal, &admin, &email, more).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let link = world.invited_link(&email).await;
        let username = format!("zoe.{number}");
        world.create_account(&link, &username).await;
        let fields = [("username", username.as_str()), ("password", PASSWORD)];
        let answer = world.press(&world.link_to(&email).await, &fields).await;
        assert_eq!(answer.header("location"), Some("/done/invitation-accepted"));
        let zoe = world.sign_in(&email).await;
        assert_eq!(world.membership(&zoe, &portal).await["level"], "super_administrator");
        let seen = world.call("GET", &dossier).by(&zoe).send().await.json();
        assert_eq!(seen["role"], role);
    }
}
