//! What moderators see of the queue.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_queue_is_newest_first_with_search_filters_and_pages() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for (first, code) in [("Anne", "33"), ("Karim", "64"), ("Zoé", "33")] {
        world.clock.advance_seconds(60);
        let user = world.user(&first.replace('é', "e"), "Durand").await;
        world.submit(&portal, &user, &[code]).await;
    }
    let admin = world.sign_in(&admin.email).await;
    let path = format!("/v1/portals/{portal}/advisor-requests");
    let names = async |query: &str| {
        let answer = world.call("GET", &format!("{path}?{query}")).by(&admin).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let items = answer.json()["items"].as_array().unwrap().clone();
        let names: Vec<String> =
            items.iter().map(|row| row["first_name"].as_str().unwrap().to_owned()).collect();
        (names, answer.json()["cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(names("").await.0, ["Zoe", "Karim", "Anne"]);
    assert_eq!(names("department=33").await.0, ["Zoe", "Anne"]);
    assert_eq!(names("search=KAR%20dur").await.0, ["Karim"]);
    assert_eq!(names("search=xyz").await.0, Vec::<String>::new());
    let (first, cursor) = names("limit=2").await;
    assert_eq!(first, ["Zoe", "Karim"]);
    let (rest, end) = names(&format!("limit=2&cursor={}", cursor.unwrap())).await;
    assert_eq!((rest, end), (vec!["Anne".to_owned()], None));
    for wrong in [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=abc",
        "cursor=eyJwayI6IngiLCJzayI6InkifQ",
        "department=99",
        "state=all",
        "other=1",
    ] {
        let answer = world.call("GET", &format!("{path}?{wrong}")).by(&admin).send().await;
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.text());
    }
}

#[tokio::test]
async fn only_staff_see_the_queue() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (_, stranger) = world.portal("Beta").await;
    let reviewer = world.member(&portal, &admin, "Rita", "reviewer").await;
    let path = format!("/v1/portals/{portal}/advisor-requests");
    let refused = world.call("GET", &path).by(&reviewer).send().await;
    assert_eq!((refused.status, refused.json()["rule"].as_str()), (403, Some("staff")));
    assert_eq!(world.call("GET", &path).by(&stranger).send().await.status, 404);
}

#[tokio::test]
async fn closed_requests_move_to_the_other_list_and_say_what_was_decided() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let path = format!("/v1/portals/{portal}/advisor-requests");
    let open = world.call("GET", &path).by(&admin).send().await.json();
    let closed = world.call("GET", &format!("{path}?state=closed")).by(&admin).send().await.json();
    assert_eq!(open["items"], json!([]));
    assert_eq!(closed["items"][0]["status"], "accepted");
}
