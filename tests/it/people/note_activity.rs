//! What staff see of when people last did something.

use serde_json::{Value, json};

use crate::world::{User, World};

/// The row of somebody in the list of people.
async fn listed(world: &World, portal: &str, by: &User, of: &User) -> Value {
    world.settle().await;
    let path = format!("/v1/portals/{portal}/people");
    let page = world.call("GET", &path).by(by).send().await.json();
    let rows = page["items"].as_array().unwrap().clone();
    rows.into_iter().find(|row| row["account"] == of.account.as_str()).unwrap()
}

#[tokio::test]
async fn the_list_tells_the_day_of_the_last_act_on_this_portal_and_the_number_of_dossiers() {
    let world = World::new().await;
    let (alpha, admin) = world.portal("Alpha").await;
    let (beta, chief) = world.portal("Beta").await;
    let anne = world.member(&alpha, &admin, "Anne", "user").await;
    let first = listed(&world, &alpha, &admin, &anne).await;
    let day = world.clock.now().day();
    assert_eq!((&first["active_on"], &first["positions"]["count"]), (&json!(day), &json!(0)));
    let path = format!("/v1/portals/{alpha}/people/{}", anne.account);
    let etags = async || (world.etag(&admin, &path).await, world.profile_etag(&admin, &path).await);
    let before = etags().await;

    // Reading is no act, and what others do to her is none of hers.
    world.clock.advance_days(1);
    let (admin, anne) = (world.sign_in(&admin.email).await, world.sign_in(&anne.email).await);
    let list = format!("/v1/portals/{alpha}/dossiers");
    assert_eq!(world.call("GET", &list).by(&anne).send().await.status, 200);
    let body = json!({"job_title": "Maire"});
    assert_eq!(world.on_person(&alpha, &admin, &anne, "", &body).await.status, 200);
    assert_eq!(listed(&world, &alpha, &admin, &anne).await["active_on"], day.as_str());
    // Nor is what she does on another portal.
    let chief = world.sign_in(&chief.email).await;
    world.open_dossier(&beta, &anne, &chief, "33063").await;
    assert_eq!(listed(&world, &alpha, &admin, &anne).await["active_on"], day.as_str());

    world.open_dossier(&alpha, &anne, &admin, "33063").await;
    let row = listed(&world, &alpha, &admin, &anne).await;
    let today = world.clock.now().day();
    assert_eq!((&row["active_on"], &row["positions"]["count"]), (&json!(today), &json!(1)));
    let shown = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(shown["active_on"], today.as_str());
    // It changes no version: the profile was changed once, by staff.
    let (rights, profile) = (before.0, shown["profile_etag"].as_str().unwrap());
    assert_eq!(shown["etag"], rights.trim_matches('"'));
    assert_ne!(profile, before.1);

    // A change of the person keeps it.
    assert_eq!(
        world.on_person(&alpha, &admin, &anne, "", &json!({"job_title": null})).await.status,
        200
    );
    assert_eq!(listed(&world, &alpha, &admin, &anne).await["active_on"], today.as_str());
}

#[tokio::test]
async fn an_event_that_comes_late_or_is_no_entry_notes_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let day = listed(&world, &portal, &admin, &anne).await["active_on"].clone();
    let mut event: Value =
        serde_json::from_str(include_str!("../../../events/people/note_activity.json")).unwrap();
    event["detail"]["portal"] = json!(portal);
    event["detail"]["author"]["id"] = json!(anne.account);
    for (at, is_error) in [("2020-01-01T00:00:00.000Z", false), ("2036-01-01T00:00:00.000Z", true)]
    {
        event["detail"]["at"] = json!(at);
        let run = world.stack.invoke("people::note_activity", event.clone()).await;
        assert_eq!(run.is_err(), is_error, "{run:?}");
        assert_eq!(listed(&world, &portal, &admin, &anne).await["active_on"], day);
    }
}
