//! What people see of accepting an invitation signed in.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_holder_of_the_address_accepts_and_anybody_else_learns_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let zoe = world.user("Zoe", "Blanc").await;
    let other = world.user("Olga", "Durand").await;
    let more = json!({"level": "reviewer"});
    let made = world.invite(&portal, &admin, &zoe.email, more).await.json();
    let accept = |id: &str| format!("/v1/me/invitations/{id}/accept");
    let path = accept(made["id"].as_str().unwrap());
    let foreign = world.call("POST", &path).by(&other).send().await;
    let never = accept("inv_01KAM0000000000000000000V0");
    let never = world.call("POST", &never).by(&other).send().await;
    assert_eq!((foreign.status, foreign.text()), (404, never.text()));
    let send = || world.call("POST", &path).by(&zoe).header("idempotency-key", "one").send();
    let accepted = send().await;
    assert_eq!((accepted.status, &accepted.json()["level"]), (200, &json!("reviewer")));
    assert_eq!(send().await.json(), accepted.json(), "the same request again");
    let again = world.call("POST", &path).by(&zoe).send().await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("invitation_ended")));
}

#[tokio::test]
async fn an_adviser_is_raised_and_an_inactive_person_comes_back() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let zoe = world.user("Zoe", "Blanc").await;
    let more = json!({"level": "super_administrator"});
    let made = world.invite(&portal, &admin, &zoe.email, more).await.json();
    world.submit(&portal, &zoe, &["33"]).await;
    let territory = json!({"territory": {"departments": ["33"]}});
    world.access(&portal, &admin, &zoe, "promote", &territory).await;
    let path = format!("/v1/me/invitations/{}/accept", made["id"].as_str().unwrap());
    let accepted = world.call("POST", &path).by(&zoe).once().send().await;
    assert_eq!(accepted.json()["level"], "super_administrator", "{}", accepted.text());
    // There are two super administrators now: either may leave, and the other may not.
    let etag = accepted.header("etag").unwrap().to_owned();
    let leave = format!("/v1/portals/{portal}/leave");
    let left = world.call("POST", &leave).by(&zoe).if_match(&etag).once().send().await;
    assert_eq!(left.status, 204, "{}", left.text());
    world.clock.advance_seconds(1);
    let made = world.invite(&portal, &admin, &zoe.email, json!({})).await.json();
    let path = format!("/v1/me/invitations/{}/accept", made["id"].as_str().unwrap());
    let back = world.call("POST", &path).by(&zoe).once().send().await.json();
    assert_eq!((&back["level"], back.get("access")), (&json!("user"), None));
}

#[tokio::test]
async fn an_invitation_is_of_one_address_whatever_looks_like_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let holder = async |email: &str, name: &str| {
        world.sign_up("Anne", "Durand", email, None).await;
        // Mails go to the address as it is sent.
        let email = guichet_domain::text::Email::new(email).unwrap();
        world.verify(email.as_str(), name).await;
        world.sign_in(email.as_str()).await
    };
    let long = format!(
        "{}@{}.fr",
        "a".repeat(64),
        ["b".repeat(62), "c".repeat(62), "d".repeat(60)].join(".")
    );
    let plain = holder("anne@exemple.fr", "anne.un").await;
    let tagged = holder("anne+tri@exemple.fr", "anne.deux").await;
    let lookalike = holder("anne@exempl\u{435}.fr", "anne.trois").await;
    let accented = holder("anne@mairie-évry.fr", "anne.quatre").await;
    let longest = holder(&long, "anne.cinq").await;
    let everybody = [&plain, &tagged, &lookalike, &accented, &longest];
    for (email, owner) in [
        ("ANNE@Exemple.FR", &plain),
        ("anne+tri@exemple.fr", &tagged),
        ("anne@exempl\u{435}.fr", &lookalike),
        ("anne@xn--mairie-vry-h7a.fr", &accented),
        (long.as_str(), &longest),
    ] {
        let made = world.invite(&portal, &admin, email, json!({})).await;
        assert_eq!(made.status, 201, "{email}: {}", made.text());
        let path = format!("/v1/me/invitations/{}/accept", made.json()["id"].as_str().unwrap());
        for other in everybody.iter().filter(|other| other.account != owner.account) {
            let answer = world.call("POST", &path).by(other).once().send().await;
            assert_eq!(answer.status, 404, "{email} is not {}'s", other.email);
        }
        let answer = world.call("POST", &path).by(owner).once().send().await;
        assert_eq!(answer.status, 200, "{email}: {}", answer.text());
    }
}
