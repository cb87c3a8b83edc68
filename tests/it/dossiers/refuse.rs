//! What people see of a dossier that is refused.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn those_who_ask_are_told_why_and_advisers_never_see_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let national = world.advisor(&portal, &admin, "Nadia", &[]).await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let without = world.on_dossier(&dossier, &admin, "refuse", json!({})).await;
    assert_eq!(without.status, 422, "a reason is required");
    let reason = "Il manque l’accord de la commune.";
    let refused = world.on_dossier(&dossier, &admin, "refuse", json!({"reason": reason})).await;
    assert_eq!(refused.status, 200, "{}", refused.text());
    let seen = world.call("GET", &dossier).by(&anne).send().await.json();
    assert_eq!(seen["state"], "refused");
    assert_eq!(seen["ruling"]["reason"], reason);
    assert_eq!(seen["ruling"]["by"], json!(null), "the portal's team decided");
    assert_eq!(world.call("GET", &dossier).by(&national).send().await.status, 404);
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(subject.ends_with("your dossier has been refused") && text.contains(reason), "{text}");
    let note = json!({"text": "Pourquoi\u{202F}?"});
    let late = world.on_dossier(&dossier, &anne, "notes", note).await;
    assert_eq!((late.status, late.json()["code"].clone()), (409, "dossier_refused".into()));
    assert_eq!(
        world.on_dossier(&dossier, &admin, "join", json!({"role": "advisor"})).await.status,
        409
    );
}
