//! What a developer reads.

use crate::world::World;

#[tokio::test]
async fn a_developer_reads_every_operation_with_its_refusals() {
    let world = World::new().await;
    let api = world.call("GET", "/v1/openapi.json").send().await.json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let accept = &api["paths"]["/v1/portals/{portal}/advisor-requests/{account}/accept"]["post"];
    assert_eq!(accept["operationId"], "advisor_requests_accept");
    for status in ["200", "401", "403", "404", "409", "412", "428", "429"] {
        assert!(accept["responses"][status].is_object(), "{status}");
    }
}
