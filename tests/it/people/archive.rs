//! What people see of being archived.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn archiving_acts_on_the_next_request_here_and_nowhere_else() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (beta, _) = world.portal("Beta").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    world.submit(&beta, &bruno, &["33"]).await;
    let queue = format!("/v1/portals/{portal}/advisor-requests");
    assert_eq!(world.call("GET", &queue).by(&bruno).send().await.status, 200);
    let body = json!({"reason": "La mission a pris fin."});
    let archived = world.on_person(&portal, &admin, &bruno, "archive", &body).await;
    assert_eq!(archived.status, 200, "{}", archived.text());
    assert_eq!(world.call("GET", &queue).by(&bruno).send().await.status, 404);
    assert!(world.membership(&bruno, &portal).await.is_null());
    assert_eq!(world.membership(&bruno, &beta).await["level"], "user");
    let mails = world.mails_to(&bruno.email).await;
    let (subject, text) = mails.last().unwrap();
    assert!(subject.contains("your access to the portal has ended"), "{subject}");
    assert!(text.contains("> La mission a pris fin."), "{text}");
    let again = world.on_person(&portal, &admin, &bruno, "archive", &json!({})).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("archived")));
}

#[tokio::test]
async fn an_open_request_is_closed_and_the_advisers_lists_forget_them() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    world.submit(&portal, &anne, &["64"]).await;
    let archived = world.on_person(&portal, &admin, &anne, "archive", &json!({})).await;
    assert_eq!(archived.status, 200, "{}", archived.text());
    let lists = ["advisor-requests", "advisors", "advisors?department=33"];
    for list in lists {
        let path = format!("/v1/portals/{portal}/{list}");
        let listed = world.call("GET", &path).by(&admin).send().await.json();
        assert_eq!(listed["items"], json!([]), "{list}");
    }
    let acts = world.acts(&portal, &admin).await;
    assert!(acts.contains(&"advisor_request.withdrawn".to_owned()), "{acts:?}");
    assert_eq!(world.submit(&portal, &anne, &["33"]).await.status, 404);
}

#[tokio::test]
async fn nobody_archives_whom_they_do_not_govern_nor_themselves_nor_the_last_one() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let levels = ["user", "reviewer", "manager", "administrator", "global_administrator"];
    let mut people = vec![];
    for (number, level) in levels.iter().enumerate() {
        let first = ["Una", "Rene", "Marc", "Adam", "Gina"][number];
        people.push(world.member(&portal, &admin, first, level).await);
    }
    people.push(admin.clone());
    // Actor × target: who may archive whom, and bring them back.
    let may = |actor: usize, target: usize| match actor {
        4 => target < 4,
        5 => target < 5,
        _ => false,
    };
    for (actor, by) in people.iter().enumerate() {
        for (target, whom) in people.iter().enumerate() {
            let path = format!("/v1/portals/{portal}/people/{}", whom.account);
            let etag = world.etag(&admin, &path).await;
            let act = async |verb: &str, etag: &str| {
                let call = world.call("POST", &format!("{path}/{verb}")).by(by).if_match(etag);
                call.once().json(&json!({})).send().await
            };
            let done = act("archive", &etag).await;
            let expected = match (may(actor, target), actor) {
                (true, _) => 200,
                // Who may not see people does not learn that they exist.
                (false, 0) if actor != target => 404,
                _ => 403,
            };
            assert_eq!(done.status, expected, "{actor} archives {target}: {}", done.text());
            if expected == 200 {
                let etag = done.header("etag").unwrap().to_owned();
                assert_eq!(act("restore", &etag).await.status, 200, "{actor} restores {target}");
            }
        }
    }
}

#[tokio::test]
async fn a_successor_is_another_active_person_of_the_portal() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (_, owner) = world.portal("Beta").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let gone = world.member(&portal, &admin, "Gina", "user").await;
    world.on_person(&portal, &admin, &gone, "archive", &json!({})).await;
    for account in [&owner.account, &gone.account, &bruno.account] {
        let body = json!({"successor": account});
        let answer = world.on_person(&portal, &admin, &bruno, "archive", &body).await;
        assert_eq!((answer.status, &answer.json()["code"]), (422, &json!("no_successor")));
    }
    let body = json!({"successor": admin.account});
    let answer = world.on_person(&portal, &admin, &bruno, "archive", &body).await.json();
    assert_eq!(answer["successor"], admin.account.as_str());
}
