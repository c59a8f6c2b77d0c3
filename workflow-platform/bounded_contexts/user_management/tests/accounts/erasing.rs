use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use serde_json::json;
use shared_kernel::{
    application::{EffectHandler as _, PersonalData, PersonalDataError, PersonalPage},
    domain::{DomainEvent, Owner},
};
use user_management::application::EraseDeleted;

/// So many rows, which go two at a time.
struct Rows(AtomicU64);

#[async_trait]
impl PersonalData for Rows {
    fn name(&self) -> &'static str {
        "rows"
    }

    async fn page(&self, _: Owner, _: Option<&str>) -> Result<PersonalPage, PersonalDataError> {
        Ok(PersonalPage { items: Vec::new(), next: None })
    }

    async fn erase(&self, _: Owner) -> Result<u64, PersonalDataError> {
        let before = self.0.load(Ordering::SeqCst);
        let gone = before.min(2);
        self.0.store(before - gone, Ordering::SeqCst);
        Ok(gone)
    }
}

#[tokio::test]
async fn everything_of_a_deleted_user_is_erased_and_doing_it_twice_does_no_more() {
    let (ambient, _) = testkit::ambient();
    let parts = [7, 0, 4].map(|count| Arc::new(Rows(AtomicU64::new(count))));
    let erase = EraseDeleted::new(parts.iter().map(|part| Arc::clone(part) as _).collect());
    let user = ambient.id();
    let event = DomainEvent {
        id: ambient.id(),
        kind: "user.deleted".to_owned(),
        version: 1,
        aggregate: "user".to_owned(),
        aggregate_id: user.to_string(),
        user: Some(user),
        payload: json!({}),
        occurred_at: ambient.now(),
        request_id: None,
    };
    assert!(erase.wants("user.deleted") && !erase.wants("user.deletion_requested"));
    for _ in 0..2 {
        erase.perform(&event).await.unwrap();
        assert!(parts.iter().all(|part| part.0.load(Ordering::SeqCst) == 0));
    }
}
