//! What people see who turn from adviser into observer.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_adviser_becomes_an_observer_and_is_counted_as_one() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let observe = json!({"role": "observer"});
    let switch = async |user| world.on_dossier(&dossier, user, "position", observe.clone()).await;
    assert_eq!(switch(&local).await.status, 403, "they take no part yet");
    world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
    let switched = switch(&local).await;
    assert_eq!(switched.status, 200, "{}", switched.text());
    assert_eq!(switched.json()["role"], "observer");
    assert_eq!(
        (switched.json()["advisors"].clone(), switched.json()["observers"].clone()),
        (json!(0), json!(1))
    );
    let again = switch(&local).await;
    assert_eq!((again.status, again.json()["code"].clone()), (409, "already_has_it".into()));
    let referent = switch(&anne).await;
    assert_eq!((referent.status, referent.json()["code"].clone()), (409, "other_side".into()));
}
