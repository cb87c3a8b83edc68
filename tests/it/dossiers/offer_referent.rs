//! What people see of an offer to speak for a dossier.

use serde_json::json;

use crate::world::{User, World};

#[tokio::test]
async fn a_member_is_asked_by_mail_and_whoever_speaks_for_it_may_ask_another_one() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let lea = world.invited_to(&dossier, "Lea", "member", &anne).await;
    let paul = world.invited_to(&dossier, "Paul", "partner", &anne).await;
    let ada = world.invited_to(&dossier, "Ada", "advisor", &admin).await;
    let offer = async |by: &User, to: &User| {
        let body = json!({"account": to.account});
        let answer = world.on_dossier(&dossier, by, "referent/offer", body).await;
        (answer.status, answer.json())
    };
    for (by, to, status, what) in [
        (&max, &lea, 403, "referent"),
        (&admin, &lea, 403, "referent"),
        (&anne, &anne, 403, "referent"),
        (&anne, &paul, 409, "not_a_member"),
        (&anne, &ada, 409, "not_a_member"),
    ] {
        let (got, body) = offer(by, to).await;
        let said = if status == 403 { &body["rule"] } else { &body["code"] };
        assert_eq!((got, said), (status, &json!(what)), "{body}");
    }
    let stranger = world.user("Sam", "Durand").await;
    let (status, body) = offer(&anne, &stranger).await;
    assert_eq!((status, &body["errors"][0]["field"]), (422, &json!("account")));
    let (status, body) = offer(&anne, &max).await;
    assert_eq!((status, &body["referent_offer"]["account"]), (200, &json!(max.account)));
    assert_eq!(offer(&anne, &max).await.1["code"], "already_has_it");
    let (subject, text) = world.mails_to(&max.email).await.pop().unwrap();
    assert!(subject.contains("an offer about a dossier"), "{subject}");
    assert!(text.contains("Anne Durand offers you to become the contact"), "{text}");
    assert_eq!(offer(&anne, &lea).await.0, 200, "a newer offer replaces it");
    // Those who ask and staff see it; who it is for may take it.
    for (user, sees, may) in
        [(&lea, true, true), (&max, true, false), (&admin, true, false), (&ada, false, false)]
    {
        let seen = world.call("GET", &dossier).by(user).send().await.json();
        assert_eq!(seen["referent_offer"].is_object(), sees, "{seen}");
        let is_offered = seen["may"].as_array().unwrap().contains(&json!("accept_referent"));
        assert_eq!(is_offered, may, "{seen}");
    }
    let members = world.call("GET", &format!("{dossier}/members")).by(&anne).send().await.json();
    let may = |name: &str| {
        let rows = members["applicants"].as_array().unwrap().iter();
        rows.filter(|row| row[name] == true).count()
    };
    assert_eq!((may("may_offer_referent"), may("may_name_referent")), (2, 0));
    let members = world.call("GET", &format!("{dossier}/members")).by(&admin).send().await.json();
    let named = members["applicants"].as_array().unwrap().iter();
    assert_eq!(named.filter(|row| row["may_name_referent"] == true).count(), 3);
    // An inactive member can't speak for it.
    world.on_person(&portal, &admin, &max, "archive", &json!({})).await;
    assert_eq!(offer(&anne, &max).await.1["rule"], "outside_the_portal");
}
