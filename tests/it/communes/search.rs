//! What anybody finds of the communes.

use crate::world::World;

#[tokio::test]
async fn a_commune_is_found_by_name_and_by_postal_code_without_a_session() {
    let world = World::new().await;
    let find = async |query: &str| world.call("GET", &format!("/v1/communes?{query}")).send().await;
    let first = async |query: &str| find(query).await.json()["items"][0].clone();
    let bordeaux = first("search=bordea").await;
    assert_eq!(bordeaux["code"], "33063");
    assert_eq!(bordeaux["department"]["name"], "Gironde");
    assert!(bordeaux["postal_codes"].as_array().unwrap().contains(&"33000".into()));
    assert_eq!(first("search=33000").await, bordeaux);
    assert_eq!(first("search=st%20etienne").await["name"], "Saint-Étienne");
    assert_eq!(find("search=saint&limit=3").await.json()["items"].as_array().unwrap().len(), 3);
    assert_eq!(find("search=").await.json()["items"].as_array().unwrap().len(), 0);
    for wrong in ["", "search=a&limit=26", "search=a&limit=0", "name=a"] {
        assert_eq!(find(wrong).await.status, 422, "{wrong}");
    }
    // It is a list that stands in the program: nothing is read for it.
    world.stack.wire.take_calls();
    find("search=paris").await;
    assert!(world.stack.wire.take_calls().is_empty());
}
