//! What people see who are removed from a dossier.

use serde_json::json;

use crate::world::{User, World};

#[tokio::test]
async fn staff_remove_an_adviser_who_is_told() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    for user in [&local, &admin] {
        world.on_dossier(&dossier, user, "join", json!({"role": "advisor"})).await;
    }
    let remove = async |by: &User, member: &User, etag: &str| {
        let path = format!("{dossier}/members/{}", member.account);
        world.call("DELETE", &path).by(by).if_match(etag).once().send().await
    };
    let by_contact = remove(&anne, &local, "1").await;
    assert_eq!(by_contact.status, 403, "the contact removes only those on their side");
    assert_eq!(by_contact.json()["rule"], "referent_or_staff");
    let above = remove(&bruno, &admin, "1").await;
    assert_eq!(above.json()["rule"], "nobody_acts_on_a_higher_level");
    assert_eq!(remove(&bruno, &local, "7").await.status, 412);
    assert_eq!(remove(&bruno, &local, "1").await.status, 204);
    assert_eq!(remove(&bruno, &local, "1").await.status, 404, "they take no part any more");
    let contact = remove(&bruno, &anne, "1").await;
    assert_eq!((contact.status, contact.json()["code"].clone()), (409, "is_referent".into()));
    let seen = world.call("GET", &dossier).by(&local).send().await.json();
    assert_eq!((seen["advisors"].clone(), seen["role"].clone()), (json!(1), json!(null)));
    let (subject, text) = world.mails_to(&local.email).await.pop().unwrap();
    assert!(subject.ends_with("you no longer take part in a dossier"), "{subject}");
    assert!(text.contains("Une école pour deux villages"), "{text}");
    assert_eq!(world.acts(&portal, &admin).await.pop().unwrap(), "dossier.position_removed");
}
