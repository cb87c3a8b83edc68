//! What people see of one dossier. Who sees which is the table of `visibility.txt`.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_adviser_reads_whom_to_write_to_and_what_they_may_do() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33", "64"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let seen = world.call("GET", &dossier).by(&local).send().await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.json()["contact"]["name"], "Anne Durand");
    assert_eq!(seen.json()["contact"]["email"], anne.email);
    assert_eq!(seen.json()["may"], json!(["join", "invite_advisors", "read_advisors_notes"]));
    assert_eq!(seen.json()["ruling"], json!(null), "who decided is for those who ask and staff");
    let staff = world.call("GET", &dossier).by(&admin).send().await.json();
    assert_eq!(staff["ruling"]["by"]["account"], admin.account);
    assert_eq!(
        staff["may"],
        json!([
            "update",
            "join",
            "invite_applicants",
            "invite_advisors",
            "pause",
            "write_public_notes",
            "read_advisors_notes"
        ])
    );
}

#[tokio::test]
async fn an_access_that_ended_opens_nothing_with_schedules_off() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let ends = json!({"ends_at": "2026-11-22T12:00:00Z"});
    let set = world.on_person(&portal, &admin, &local, "end-of-access", &ends).await;
    assert_eq!(set.status, 200, "{}", set.text());
    let list = format!("/v1/portals/{portal}/dossiers");
    let sees = async |user| {
        let listed = world.call("GET", &list).by(user).send().await.json();
        let shown = world.call("GET", &dossier).by(user).send().await.status;
        (listed["items"].as_array().unwrap().len(), shown)
    };
    assert_eq!(sees(&local).await, (1, 200));
    world.clock.advance_days(1);
    let local = world.sign_in(&local.email).await;
    assert_eq!(sees(&local).await, (0, 404));
}

#[tokio::test]
async fn from_manager_on_whoever_takes_part_sees_everything_of_the_dossier_and_changes_no_more() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let offer = json!({"account": max.account});
    assert_eq!(world.on_dossier(&dossier, &anne, "referent/offer", offer).await.status, 200);
    let lucie = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let closed = format!("{dossier}/invitations?list=closed");
    let seen = async || {
        let shown = world.call("GET", &dossier).by(&lucie).send().await.json();
        let closed = world.call("GET", &closed).by(&lucie).send().await.json();
        let closed = closed["items"].as_array().unwrap().len();
        (shown["ruling"].is_object(), shown["referent_offer"].is_object(), closed)
    };
    let level = json!({"level": "manager"});
    assert_eq!(seen().await, (false, false, 0));
    assert_eq!(world.on_person(&portal, &admin, &lucie, "level", &level).await.status, 200);
    assert_eq!(seen().await, (false, false, 0), "she takes no part in it");
    let joined = world.on_dossier(&dossier, &lucie, "join", json!({"role": "observer"})).await;
    assert_eq!(joined.status, 200, "{}", joined.text());
    assert_eq!(seen().await, (true, true, 1));
    let update = world.on_dossier(&dossier, &lucie, "", json!({"title": "X"})).await;
    assert_eq!(update.status, 403);
}
