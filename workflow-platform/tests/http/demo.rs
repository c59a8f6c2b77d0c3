//! The demo's journey, as `demo --once` makes it.

use url::Url;
use workflow_platform::cli::demo::{DemoWorld, journey};

use crate::support::TestApp;

#[tokio::test]
async fn the_journey_succeeds_and_again_on_the_same_data_folder() {
    for app in TestApp::everywhere(&[("OUTBOUND_ALLOW", "127.0.0.1")]).await {
        let address = Url::parse(&app.url("/")).unwrap();
        let data_dir = app.mail_dir.parent().unwrap();
        let world = DemoWorld::start(data_dir).await.unwrap();
        let first = journey(&world, &address, data_dir).await.unwrap();
        first.check(&world).unwrap_or_else(|error| panic!("{}: {error}", app.name));
        let again = journey(&world, &address, data_dir).await.unwrap();
        again.check(&world).unwrap_or_else(|error| panic!("{}, again: {error}", app.name));
        assert_eq!(first.login, again.login, "the user is remembered");

        // the folder moves to where its ports are taken: the pool gets the new proxies
        let elsewhere = DemoWorld::start(data_dir).await.unwrap();
        let moved = journey(&elsewhere, &address, data_dir).await.unwrap();
        moved.check(&elsewhere).unwrap_or_else(|error| panic!("{}, moved: {error}", app.name));
        assert_eq!(moved.pool["total"], 3, "{}", moved.pool);
    }
}

#[tokio::test]
async fn a_platform_that_may_not_reach_loopback_is_told_how_to() {
    let app = TestApp::start().await;
    let address = Url::parse(&app.url("/")).unwrap();
    let data_dir = app.mail_dir.parent().unwrap();
    let world = DemoWorld::start(data_dir).await.unwrap();
    let error = journey(&world, &address, data_dir).await.unwrap_err();
    assert!(format!("{error:#}").contains("OUTBOUND_ALLOW=127.0.0.1"), "{error:#}");
    assert_eq!(world.site.hits().total(), 0);
}
