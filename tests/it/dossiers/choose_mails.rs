//! What people see who choose how they are told of new dossiers.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn people_choose_and_are_shown_their_choice() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let stranger = world.user("Karim", "Petit").await;
    assert_eq!(world.membership(&local, &portal).await["dossier_mails"], "daily");
    let path = format!("/v1/portals/{portal}/dossier-mails");
    let choose = async |user, mails: &str| {
        let call = world.call("PUT", &path).by(user).once();
        call.json(&json!({ "mails": mails })).send().await
    };
    for mails in ["at_once", "at_once", "never"] {
        let chosen = choose(&local, mails).await;
        assert_eq!((chosen.status, chosen.json()["mails"].clone()), (200, mails.into()));
        assert_eq!(world.membership(&local, &portal).await["dossier_mails"], mails);
    }
    assert_eq!(choose(&local, "hourly").await.status, 422);
    assert_eq!(choose(&stranger, "never").await.status, 404);
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts.iter().filter(|act| *act == "dossier.mails_chosen").count(), 2);
}
