//! What people see of who is invited to a dossier.

use guichet_local::outcome::bounce;
use guichet_local::wire::Fault;
use serde_json::{Value, json};

use crate::world::{User, World};

#[tokio::test]
async fn all_who_see_the_dossier_see_who_is_invited_and_their_inviters_the_addresses() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let member = world.invited_to(&dossier, "Max", "member", &anne).await;
    let invite = async |by: &User, email: &str, role: &str| {
        let more = json!({"first_name": "Zoé", "last_name": "Blanc"});
        let made = world.invite_to_dossier(&dossier, by, email, role, more).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let by_member = invite(&member, "zoe@exemple.fr", "partner").await;
    let by_local = invite(&local, "lea@exemple.fr", "observer").await;
    // Of Lucie's and of Max's: who sees the address, and may cancel.
    for (name, user, of_local, of_member) in [
        ("contact", &anne, false, true),
        ("member", &member, false, true),
        ("local adviser", &local, true, false),
        ("staff", &admin, true, true),
    ] {
        for path in [format!("{dossier}/invitations"), format!("{dossier}/members")] {
            let body = world.call("GET", &path).by(user).send().await.json();
            let rows = body.get("items").unwrap_or(&body["invitations"]).as_array().unwrap();
            let addresses: Vec<&Value> = rows.iter().map(|row| &row["email"]).collect();
            let shown = |is, email| if is { json!(email) } else { Value::Null };
            let expected = [shown(of_local, "lea@exemple.fr"), shown(of_member, "zoe@exemple.fr")];
            assert_eq!(addresses, expected.iter().collect::<Vec<_>>(), "{name} {path}");
            let may: Vec<bool> =
                rows.iter().map(|row| row["may_manage"].as_bool().unwrap()).collect();
            assert_eq!(may, [of_local, of_member], "{name}");
            assert!(rows.iter().all(|row| row["first_name"] == "Zoé"));
        }
        for (id, may) in [(&by_local, of_local), (&by_member, of_member)] {
            let path = format!("/v1/portals/{portal}/invitations/{id}");
            let expected = if may { 200 } else { 403 };
            assert_eq!(world.call("GET", &path).by(user).send().await.status, expected, "{name}");
            for verb in ["resend", "send", "cancel"] {
                let call = world.call("POST", &format!("{path}/{verb}")).by(user).once();
                let status = call.if_match("x").send().await.status;
                assert_eq!(status == 403, !may, "{name} {verb}: {status}");
            }
        }
    }
    // For others, neither the dossier nor the invitation is there.
    let stranger = world.user("Sam", "Durand").await;
    let reviewer = world.member(&portal, &admin, "Rene", "reviewer").await;
    for user in [&stranger, &reviewer] {
        let list = world.call("GET", &format!("{dossier}/invitations")).by(user).send().await;
        assert_eq!(list.status, 404);
        let path = format!("/v1/portals/{portal}/invitations/{by_local}");
        assert_eq!(world.call("GET", &path).by(user).send().await.status, 404);
    }
    // They are no invitations to the portal.
    let path = format!("/v1/portals/{portal}/invitations");
    let of_portal = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(of_portal["items"], json!([]));
}

#[tokio::test]
async fn they_are_sent_again_corrected_and_cancelled_as_those_to_a_portal() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let more = json!({"send": "later"});
    let made = world.invite_to_dossier(&dossier, &anne, "zoe@exemple.fr", "member", more).await;
    assert_eq!(made.json()["state"], "preloaded");
    assert!(world.mails_to("zoe@exemple.fr").await.is_empty());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.manage(&portal, &anne, &id, "send").await.status, 200);
    let first = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.manage(&portal, &anne, &id, "resend").await.status, 200);
    let first = first.strip_prefix("https://guichet.example.fr").unwrap();
    assert_eq!(world.call("GET", first).send().await.status, 410, "the older link is dead");
    // To an address that takes part already, it can't be turned.
    let path = format!("/v1/portals/{portal}/invitations/{id}/address");
    let turn = async |email: &str| {
        let etag = world.etag(&anne, path.trim_end_matches("/address")).await;
        let call = world.call("PUT", &path).by(&anne).if_match(&etag).once();
        call.json(&json!({"email": email})).send().await
    };
    let taken = turn(&anne.email).await;
    assert_eq!((taken.status, &taken.json()["code"]), (409, &json!("already_takes_part")));
    let other = world.invite_to_dossier(&dossier, &anne, "lea@exemple.fr", "partner", json!({}));
    assert_eq!(other.await.status, 201);
    let taken = turn("lea@exemple.fr").await;
    assert_eq!((taken.status, &taken.json()["code"]), (409, &json!("already_invited")));
    assert_eq!(turn("zoe.blanc@exemple.fr").await.status, 200);
    let link = world.invited_link("zoe.blanc@exemple.fr").await;
    assert_eq!(world.manage(&portal, &anne, &id, "cancel").await.status, 200);
    let closed = world.create_account(&link, "zoe.blanc").await;
    assert_eq!(closed.status, 409, "{}", closed.text());
    let list = async |which: &str| {
        let path = format!("{dossier}/invitations?list={which}");
        let items = world.call("GET", &path).by(&anne).send().await.json()["items"].clone();
        let states = items.as_array().unwrap().iter().map(|row| row["state"].clone());
        states.collect::<Vec<_>>()
    };
    assert_eq!(list("open").await, ["pending"]);
    assert_eq!(list("closed").await, ["cancelled"]);
}

#[tokio::test]
async fn one_that_expired_is_renewed_by_the_invitee_while_the_inviter_still_may() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let zoe = "zoe@exemple.fr";
    world.invite_to_dossier(&dossier, &anne, zoe, "member", json!({})).await;
    let link = world.invited_link(zoe).await;
    let (_, token) = link.split_once("?token=").unwrap();
    world.clock.advance_days(8);
    let renewed = world.press_at("/invitation/renew", token, &[]).await;
    assert_eq!(renewed.header("location"), Some("/done/invitation-renewed"), "{}", renewed.text());
    let (subject, text) = world.mails_to(zoe).await.pop().unwrap();
    assert!(subject.contains("nouveau lien"), "{subject}");
    assert!(text.contains("participer à un dossier"), "{text}");
    let link = world.invited_link(zoe).await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
}

#[tokio::test]
async fn time_and_mail_services_end_them_as_those_to_a_portal() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let invite = async |name: &str, more: Value| {
        let anne = world.sign_in(&anne.email).await;
        let email = format!("{name}@exemple.fr");
        let made = world.invite_to_dossier(&dossier, &anne, &email, "member", more).await;
        assert_eq!(made.status, 201, "{name}: {}", made.text());
        world.settle().await;
    };
    invite("zoe", json!({})).await;
    let sent = world.stack.aws.mails().pop().unwrap();
    world.stack.aws.put_event(bounce(&sent, "Permanent", "General", world.clock.now()));
    world.settle().await;
    invite("lea", json!({})).await;
    let link = world.invited_link("lea@exemple.fr").await.replace("/accept?", "/decline?");
    assert_eq!(world.press(&link, &[]).await.status, 303);
    // One that is reminded and then expires, one that is found too late, one that nobody finds.
    for name in ["noe", "luc", "ada"] {
        invite(name, json!({})).await;
    }
    invite("max", json!({"send": "later"})).await;
    world.clock.advance_days(5);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 3);
    let (subject, _) = world.mails_to("noe@exemple.fr").await.pop().unwrap();
    assert!(subject.contains("attend votre réponse"), "{subject}");
    invite("ida", json!({})).await;
    world.clock.advance_days(9);
    invite("ada", json!({})).await;
    assert_eq!(world.stack.run("invitations::expire").await.unwrap()["done"], 2);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 1);
    let list = async |which: &str| {
        let anne = world.sign_in(&anne.email).await;
        let path = format!("{dossier}/invitations?list={which}");
        let items = world.call("GET", &path).by(&anne).send().await.json()["items"].clone();
        let row = |row: &Value| format!("{} {}", row["email"], row["state"]).replace('"', "");
        let mut rows: Vec<String> = items.as_array().unwrap().iter().map(row).collect();
        rows.sort();
        rows
    };
    assert_eq!(list("open").await, ["ada@exemple.fr pending", "max@exemple.fr preloaded"]);
    assert_eq!(
        list("closed").await,
        [
            "ada@exemple.fr expired",
            "ida@exemple.fr expired",
            "lea@exemple.fr declined",
            "luc@exemple.fr expired",
            "noe@exemple.fr expired",
            "zoe@exemple.fr undeliverable",
        ]
    );
    // Each gave its place back, the preloaded one when it is erased.
    world.clock.advance_days(352);
    world.rotate_keys().await;
    world.stack.run("invitations::erase_closed").await.unwrap();
    for name in ["zoe", "lea", "noe", "ida", "max"] {
        invite(name, json!({"send": "later"})).await;
    }
}

#[tokio::test]
async fn nobody_finds_out_an_address_letter_by_letter_nor_who_declined() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let partner = world.invited_to(&dossier, "Paul", "partner", &anne).await;
    let more = json!({"first_name": "Zoé"});
    world.invite_to_dossier(&dossier, &anne, "z.blanc@exemple.fr", "member", more).await;
    let found = async |user: &User, query: &str| {
        let path = format!("{dossier}/invitations?{query}");
        let body = world.call("GET", &path).by(user).send().await.json();
        body["items"].as_array().unwrap().len()
    };
    for (query, by_anne, by_partner) in
        [("search=z.b", 1, 0), ("search=zo", 1, 1), ("search=", 1, 1), ("list=closed", 1, 0)]
    {
        assert_eq!(found(&anne, query).await, by_anne, "{query}");
        assert_eq!(found(&partner, query).await, by_partner, "{query}");
    }
}

#[tokio::test]
async fn an_address_that_came_back_once_ends_the_next_invitation_to_a_dossier_too() {
    let slow = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
    for is_late in [false, true] {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let (beta, owner) = world.portal("Beta").await;
        let anne = world.user("Anne", "Durand").await;
        let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
        let invite = async || {
            let zoe = "zoe@exemple.fr";
            let made = world.invite_to_dossier(&dossier, &anne, zoe, "member", json!({})).await;
            assert_eq!(made.status, 201);
            world.settle().await;
        };
        if is_late {
            world.settle().await;
            world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, slow.to_owned()));
            invite().await;
        }
        world.invite(&beta, &owner, "zoe@exemple.fr", json!({})).await;
        world.settle().await;
        let sent = world.stack.aws.mails().pop().unwrap();
        world.stack.aws.put_event(bounce(&sent, "Permanent", "General", world.clock.now()));
        world.settle().await;
        if is_late {
            world.clock.advance_seconds(121);
            world.stack.run("mails::retry").await.unwrap();
        } else {
            invite().await;
        }
        let list = format!("{dossier}/invitations?list=closed");
        let closed = world.call("GET", &list).by(&anne).send().await.json();
        assert_eq!(closed["items"][0]["state"], "undeliverable", "{is_late}: {closed}");
    }
}

#[tokio::test]
async fn words_stay_those_of_who_wrote_them_and_an_heir_takes_care() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let more = json!({"message": "Rejoignez-nous."});
    let made = world.invite_to_dossier(&dossier, &max, "zoe@exemple.fr", "partner", more).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    world.settle().await;
    assert_eq!(world.manage(&portal, &admin, &id, "resend").await.status, 200);
    let (_, text) = world.mails_to("zoe@exemple.fr").await.pop().unwrap();
    assert!(text.contains("Claire Martin vous invite"), "{text}");
    assert!(text.replace('\u{A0}', " ").contains("Message joint par Max Durand :"), "{text}");
    // Lucie, who advises there, is archived in favour of Nora, who does, too.
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let heir = world.advisor(&portal, &admin, "Nora", &[]).await;
    let made =
        world.invite_to_dossier(&dossier, &local, "lea@exemple.fr", "observer", json!({})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/portals/{portal}/invitations/{id}");
    assert_eq!(world.call("GET", &path).by(&heir).send().await.status, 403);
    let body = json!({"successor": heir.account});
    world.on_person(&portal, &admin, &local, "archive", &body).await;
    assert_eq!(world.manage(&portal, &heir, &id, "cancel").await.status, 200);
}

#[tokio::test]
async fn what_gives_nothing_any_more_is_not_mailed_again_and_corrections_count() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let made = world.invite_to_dossier(&dossier, &anne, "z0@exemple.fr", "member", json!({})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/portals/{portal}/invitations/{id}");
    let correct = async |email: &str| {
        let anne = world.sign_in(&anne.email).await;
        let etag = world.etag(&anne, &path).await;
        let call = world.call("PUT", &format!("{path}/address")).by(&anne).if_match(&etag).once();
        call.json(&json!({"email": email})).send().await
    };
    assert_eq!(correct("z1@exemple.fr").await.status, 200);
    world.settle().await;
    for number in 0..18 {
        let email = format!("p{number}@exemple.fr");
        let made = world.invite_to_dossier(&dossier, &anne, &email, "partner", json!({})).await;
        assert_eq!(made.status, 201, "{number}");
    }
    let beyond = correct("z2@exemple.fr").await;
    assert_eq!((beyond.status, &beyond.json()["code"]), (429, &json!("too_many_requests")));
    world.clock.advance_days(1);
    let admin = world.sign_in(&admin.email).await;
    world.on_dossier(&dossier, &admin, "refuse", json!({"reason": "Non."})).await;
    let late = correct("z2@exemple.fr").await;
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("dossier_not_joinable")));
    let late = world.manage(&portal, &admin, &id, "resend").await;
    assert_eq!(late.json()["code"], "dossier_not_joinable");
    let count = world.mails_to("z1@exemple.fr").await.len();
    world.clock.advance_days(4);
    world.stack.run("invitations::remind").await.unwrap();
    assert_eq!(world.mails_to("z1@exemple.fr").await.len(), count, "nor is anybody reminded");
    world.clock.advance_days(4);
    let link = world.invited_link("z1@exemple.fr").await;
    let (_, token) = link.split_once("?token=").unwrap();
    assert_eq!(world.press_at("/invitation/renew", token, &[]).await.status, 409);
}
