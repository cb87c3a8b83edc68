//! What people see who take part in a dossier.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn twenty_presses_make_one_position_and_one_more_adviser() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let press = || world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"}));
    let answers = futures_util::future::join_all((0..20).map(|_| press())).await;
    let with = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(200), with(409)), (1, 19));
    let seen = world.call("GET", &dossier).by(&local).send().await.json();
    assert_eq!((seen["advisors"].clone(), seen["role"].clone()), (json!(1), json!("advisor")));
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts.iter().filter(|act| *act == "dossier.position_taken").count(), 1);
}

#[tokio::test]
async fn nobody_is_on_both_sides_and_strangers_on_none() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    // A national adviser who submits a dossier stands on the side of those who ask.
    let nadia = world.advisor(&portal, &admin, "Nadia", &[]).await;
    let far = world.advisor(&portal, &admin, "Luc", &["40"]).await;
    let dossier = world.open_dossier(&portal, &nadia, &admin, "33063").await;
    let join =
        async |user| world.on_dossier(&dossier, user, "join", json!({"role": "observer"})).await;
    let own = join(&nadia).await;
    assert_eq!((own.status, own.json()["rule"].clone()), (403, "one_side_of_a_dossier".into()));
    assert_eq!(join(&far).await.status, 404);
    let staff = join(&admin).await;
    assert_eq!(staff.status, 200, "{}", staff.text());
    assert_eq!(staff.json()["observers"], 1);
    assert_eq!(staff.json()["advisors"], 0, "observers are not counted as following it");
}
