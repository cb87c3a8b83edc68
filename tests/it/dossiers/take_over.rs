//! What people see when a successor takes over the dossiers of somebody archived.

use guichet_local::gateway::HttpAnswer;
use serde_json::{Value, json};

use crate::world::{User, World};

async fn take_over(world: &World, dossier: &str, by: &User, from: &User) -> HttpAnswer {
    let call = world.call("POST", &format!("{dossier}/take-over")).by(by).once();
    call.json(&json!({"account": from.account})).send().await
}

fn rule(answer: &HttpAnswer) -> (u16, Value) {
    (answer.status, answer.json()["rule"].clone())
}

#[tokio::test]
async fn a_successor_is_told_sees_what_is_left_to_them_and_takes_it_over() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let lea = world.member(&portal, &admin, "Lea", "user").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let waiting = world.dossier(&portal, &anne, "40192").await;
    let path = format!("/v1/portals/{portal}/people/{}/dossiers", anne.account);
    assert_eq!(world.call("GET", &path).by(&lea).send().await.status, 404);
    assert_eq!(take_over(&world, &dossier, &lea, &anne).await.status, 404, "not hers to see");

    let body = json!({"successor": lea.account});
    let archived = world.on_person(&portal, &admin, &anne, "archive", &body).await;
    assert_eq!(archived.status, 200, "{}", archived.text());
    let (subject, text) = world.mails_to(&lea.email).await.pop().unwrap();
    assert!(subject.contains("taking over from another person"), "{subject}");
    assert!(text.contains("take over from Anne") && text.contains("dossiers: 2"), "{text}");
    // She sees the list, and nothing of the dossiers themselves until she takes them over.
    let left = world.call("GET", &path).by(&lea).send().await.json();
    let rows = left["items"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{left}");
    assert!(rows.iter().all(|row| row["role"] == "referent" && row["may_take_over"] == true));
    assert_eq!(world.call("GET", &dossier).by(&lea).send().await.status, 404);
    let seen = world.call("GET", &path).by(&admin).send().await.json();
    let seen = seen["items"].as_array().unwrap();
    assert!(seen.len() == 2 && seen.iter().all(|row| row["may_take_over"] == false), "{seen:?}");

    for one in [&dossier, &waiting] {
        let taken = take_over(&world, one, &lea, &anne).await;
        assert_eq!(taken.status, 200, "{}", taken.text());
        assert_eq!(taken.json()["referent"], lea.account.as_str(), "{}", taken.text());
        assert_eq!(world.call("GET", one).by(&lea).send().await.status, 200);
    }
    let again = take_over(&world, &dossier, &lea, &anne).await;
    assert_eq!(again.json()["code"], "already_has_it", "{}", again.text());
    let left = world.call("GET", &path).by(&lea).send().await.json();
    assert!(left["items"].as_array().unwrap().iter().all(|row| row["may_take_over"] == false));

    // Whoever comes back is still there, as a member, and nothing is left to anybody any more.
    world.on_person(&portal, &admin, &anne, "restore", &json!({})).await;
    let members = world.call("GET", &format!("{dossier}/members")).by(&anne).send().await.json();
    let roles: Vec<_> = members["applicants"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&roles[0]["role"], &roles[0]["account"]),
        (&json!("referent"), &json!(lea.account))
    );
    assert_eq!((&roles[1]["role"], &roles[1]["account"]), (&json!("member"), &json!(anne.account)));
    assert_eq!(rule(&take_over(&world, &dossier, &lea, &anne).await), (403, json!("successor")));
    assert_eq!(world.call("GET", &path).by(&lea).send().await.status, 404);
}

#[tokio::test]
async fn a_named_successor_advises_in_somebodys_place_and_another_one_after_them() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let ada = world.invited_to(&dossier, "Ada", "advisor", &admin).await;
    let lea = world.member(&portal, &admin, "Lea", "user").await;
    world.on_person(&portal, &admin, &ada, "archive", &json!({})).await;
    assert_eq!(take_over(&world, &dossier, &lea, &ada).await.status, 404);
    let named = json!({"successor": lea.account});
    assert_eq!(world.on_person(&portal, &admin, &ada, "successor", &named).await.status, 200);
    let (_, text) = world.mails_to(&lea.email).await.pop().unwrap();
    assert!(
        text.split_whitespace().collect::<Vec<_>>().join(" ").contains("take over from Ada Durand"),
        "{text}"
    );
    let taken = take_over(&world, &dossier, &lea, &ada).await;
    assert_eq!((taken.status, &taken.json()["role"]), (200, &json!("advisor")), "{}", taken.text());
    // Those who ask are on the other side.
    let named = json!({"successor": anne.account});
    assert_eq!(world.on_person(&portal, &admin, &ada, "successor", &named).await.status, 200);
    let other = take_over(&world, &dossier, &anne, &ada).await;
    assert_eq!((other.status, &other.json()["code"]), (409, &json!("other_side")));
    let before = take_over(&world, &dossier, &anne, &lea).await;
    assert_eq!(rule(&before), (403, json!("successor")), "she is there");
    let nobody = world.user("Sam", "Durand").await;
    assert_eq!(take_over(&world, &dossier, &anne, &nobody).await.status, 422);
}

/// SECURITY S5: nobody becomes the contact of a dossier by naming themselves.
#[tokio::test]
async fn staff_who_name_themselves_may_advise_but_not_speak_for_a_dossier() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let gina = world.member(&portal, &admin, "Gina", "global_administrator").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let ada = world.invited_to(&dossier, "Ada", "observer", &admin).await;
    let named = json!({"successor": gina.account});
    for left in [&anne, &ada] {
        let archived = world.on_person(&portal, &gina, left, "archive", &named).await;
        assert_eq!(archived.status, 200, "{}", archived.text());
    }
    let refused = take_over(&world, &dossier, &gina, &anne).await;
    assert_eq!(rule(&refused), (403, json!("nobody_decides_for_themselves")));
    let taken = take_over(&world, &dossier, &gina, &ada).await;
    assert_eq!(
        (taken.status, &taken.json()["role"]),
        (200, &json!("observer")),
        "{}",
        taken.text()
    );
}

/// SECURITY S5, A4: what staff left to themselves goes with their level, and a colleague may confirm
/// it.
#[tokio::test]
async fn what_staff_left_to_themselves_needs_a_colleague_or_their_level() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let gina = world.member(&portal, &admin, "Gina", "global_administrator").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let named = json!({"successor": gina.account});
    let mails = world.mails_to(&gina.email).await.len();
    world.on_person(&portal, &gina, &anne, "archive", &named).await;
    assert_eq!(world.mails_to(&gina.email).await.len(), mails, "she knows");
    let same = world.on_person(&portal, &gina, &anne, "successor", &named).await;
    assert_eq!(same.json()["code"], "already_has_it");
    world.on_person(&portal, &admin, &gina, "level", &json!({"level": "user"})).await;
    assert_eq!(take_over(&world, &dossier, &gina, &anne).await.status, 404);
    let path = format!("/v1/portals/{portal}/people/{}/dossiers", anne.account);
    assert_eq!(world.call("GET", &path).by(&gina).send().await.status, 404);
    let confirmed = world.on_person(&portal, &admin, &anne, "successor", &named).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    assert_eq!(take_over(&world, &dossier, &gina, &anne).await.status, 200);
}

#[tokio::test]
async fn a_successor_who_was_removed_does_not_come_back_by_themselves() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let ada = world.invited_to(&dossier, "Ada", "advisor", &admin).await;
    let lea = world.member(&portal, &admin, "Lea", "user").await;
    let named = json!({"successor": lea.account});
    world.on_person(&portal, &admin, &ada, "archive", &named).await;
    assert_eq!(take_over(&world, &dossier, &lea, &ada).await.status, 200);
    let entry = world.call("GET", &format!("/v1/portals/{portal}/journal")).by(&admin).send().await;
    let entries = entry.json()["items"].as_array().unwrap().clone();
    let of_hers = |entry: &&Value| {
        entry["rule"] == "successor" && entry["before"]["codes"] == json!([ada.account])
    };
    assert_eq!(entries.iter().filter(of_hers).count(), 1, "{entries:?}");
    let member = format!("{dossier}/members/{}", lea.account);
    let members = world.call("GET", &format!("{dossier}/members")).by(&admin).send().await.json();
    let rows = members["advisors"].as_array().unwrap().iter();
    let row = rows.clone().find(|row| row["account"] == lea.account.as_str()).unwrap();
    let etag = row["etag"].as_str().unwrap();
    let removed = world.call("DELETE", &member).by(&admin).if_match(etag).once().send().await;
    assert_eq!(removed.status, 204);
    let again = take_over(&world, &dossier, &lea, &ada).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("removed_since")));
    let path = format!("/v1/portals/{portal}/people/{}/dossiers", ada.account);
    let left = world.call("GET", &path).by(&lea).send().await.json();
    assert_eq!(left["items"], json!([]), "neither to take over nor to see");
}

/// RULES E3, F13: one portal's staff do not take the contact from another one's.
#[tokio::test]
async fn of_a_dossier_on_two_portals_the_contact_is_named_and_nobody_is_on_both_sides() {
    let world = World::new().await;
    let (alpha, admin) = world.portal("Alpha").await;
    let (beta, chief) = world.portal("Beta").await;
    let anne = world.member(&alpha, &admin, "Anne", "user").await;
    let dossier = world.open_dossier(&alpha, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let body = json!({"portal": beta});
    assert_eq!(world.on_dossier(&dossier, &anne, "publications", body).await.status, 201);
    let there = dossier.replace(&alpha, &beta);
    assert_eq!(world.on_dossier(&there, &chief, "accept", json!({})).await.status, 200);
    let lea = world.member(&alpha, &admin, "Lea", "user").await;
    for left in [&anne, &max] {
        let named = json!({"successor": lea.account});
        let archived = world.on_person(&alpha, &admin, left, "archive", &named).await;
        assert_eq!(archived.status, 200, "{}", archived.text());
    }
    let contact = take_over(&world, &dossier, &lea, &anne).await;
    assert_eq!((contact.status, &contact.json()["code"]), (409, &json!("on_several_portals")));
    let path = format!("/v1/portals/{alpha}/people/{}/dossiers", anne.account);
    let list = world.call("GET", &path).by(&lea).send().await.json();
    assert_eq!(list["items"], json!([]), "what can't be taken over is not shown");
    // She advises on it elsewhere, and asks nowhere then.
    let invited = world.invite_to_dossier(&there, &chief, &lea.email, "observer", json!({})).await;
    assert_eq!(invited.status, 201, "{}", invited.text());
    assert_eq!(world.accept_mine(&lea).await.status, 200);
    let member = take_over(&world, &dossier, &lea, &max).await;
    assert_eq!((member.status, &member.json()["code"]), (409, &json!("other_side")));
}
