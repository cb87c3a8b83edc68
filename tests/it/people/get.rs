//! What one sees of a person.

use serde_json::json;

use crate::world::{User, World};

#[tokio::test]
async fn people_see_themselves_and_reviewers_see_everybody() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let karim = world.requester(&portal, "Karim", &["33"]).await;
    let reviewer = world.member(&portal, &admin, "Rita", "reviewer").await;
    let path = format!("/v1/portals/{portal}/people/{}", anne.account);
    let status = async |user| world.call("GET", &path).by(user).send().await.status;
    assert_eq!(
        (status(&anne).await, status(&reviewer).await, status(&karim).await),
        (200, 200, 404)
    );
}

#[tokio::test]
async fn a_page_tells_where_somebody_takes_part_as_far_as_its_reader_may_know() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let reviewer = world.member(&portal, &admin, "Rita", "reviewer").await;
    let open = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let waits = world.dossier(&portal, &anne, "33063").await;
    let path = format!("/v1/portals/{portal}/people/{}", anne.account);
    let shown = async |user| {
        let page = world.call("GET", &path).by(user).send().await.json();
        let rows = page["positions"].as_array().unwrap().clone();
        rows.iter().map(|row| row["dossier"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    for user in [&anne, &admin] {
        assert_eq!(shown(user).await, [id(&waits), id(&open)], "{}", user.email);
    }
    assert_eq!(shown(&reviewer).await, Vec::<String>::new());
    // Rita sees what she takes part in herself.
    world.invite_to_dossier(&open, &admin, &reviewer.email, "observer", json!({})).await;
    assert_eq!(world.accept_mine(&reviewer).await.status, 200);
    assert_eq!(shown(&reviewer).await, [id(&open)]);
    let page = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(page["positions"][1]["role"], "referent");
    assert_eq!(page["positions"][1]["title"], "Une école pour deux villages");
}

/// RULES E6: a page tells where each right comes from; who gave it is for those who read the journal.
#[tokio::test]
async fn a_page_tells_where_level_and_access_come_from() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let rita = world.member(&portal, &admin, "Rita", "reviewer").await;
    let path = format!("/v1/portals/{portal}/people/{}", anne.account);
    let origins = async |by| world.call("GET", &path).by(by).send().await.json()["origins"].clone();
    assert_eq!(origins(&anne).await, json!({}), "a user who was given nothing");
    world.on_person(&portal, &admin, &anne, "level", &json!({"level": "manager"})).await;
    let body = json!({"territory": {"departments": ["33"]}});
    world.access(&portal, &admin, &anne, "promote", &body).await;
    world.settle().await;
    let staff = json!({"kind": "account", "id": admin.account});
    for (by, author) in
        [(&admin, staff), (&rita, json!({"kind": "team"})), (&anne, json!({"kind": "team"}))]
    {
        let shown = origins(by).await;
        assert_eq!(shown["level"]["act"], "person.level_changed", "{shown}");
        assert_eq!(shown["access"]["act"], "advisor.promoted", "{shown}");
        assert_eq!((&shown["level"]["author"], &shown["access"]["author"]), (&author, &author));
        assert!(shown["access"]["at"].is_string() && shown["access"]["rule"].is_string());
    }
    // What is taken back comes from nowhere; another territory from its change.
    let body = json!({"territory": {"national": true}});
    world.access(&portal, &admin, &anne, "territory", &body).await;
    assert_eq!(origins(&admin).await["access"]["act"], "advisor.territory_changed");
    world.access(&portal, &admin, &anne, "revoke", &json!({})).await;
    assert!(origins(&admin).await.get("access").is_none());
    // Whoever was invited has it from there.
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({"level": "administrator"})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    let people = world.call("GET", &format!("/v1/portals/{portal}/people")).by(&admin);
    let people = people.send().await.json();
    let zoe = people["items"].as_array().unwrap().iter();
    let zoe = zoe.clone().find(|row| row["email"] == "zoe@exemple.fr").unwrap();
    let path = format!("/v1/portals/{portal}/people/{}", zoe["account"].as_str().unwrap());
    let shown = world.call("GET", &path).by(&admin).send().await.json()["origins"].clone();
    assert_eq!(shown["level"]["act"], "invitation.accepted", "{shown}");
    // And whoever looks sees the mails by which they came.
    let shown = world.call("GET", &path).by(&admin).send().await.json();
    let automations: Vec<&str> = shown["mails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["automation"].as_str().unwrap())
        .collect();
    assert!(automations.contains(&"invited"), "{automations:?}");
}

#[tokio::test]
async fn a_page_tells_where_each_position_comes_from() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "partner", &anne).await;
    let origin = async |user: &User| {
        let path = format!("/v1/portals/{portal}/people/{}", user.account);
        let shown = world.call("GET", &path).by(&admin).send().await.json();
        shown["positions"][0]["origin"].clone()
    };
    assert_eq!(origin(&anne).await["act"], "dossier.submitted");
    let taken = origin(&max).await;
    assert_eq!(taken["act"], "dossier.position_taken", "{taken}");
    assert_eq!(taken["author"], json!({"kind": "account", "id": max.account}), "{taken}");
    let named = json!({"account": max.account});
    assert_eq!(world.on_dossier(&dossier, &admin, "referent", named).await.status, 200);
    assert_eq!(origin(&max).await["act"], "dossier.referent_changed");
    assert!(origin(&anne).await.is_null(), "nobody gave her what she is left with");
}
