//! Invoices and credit notes as PDF, read again.

use async_trait::async_trait;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use shared_kernel::{
    api::RequestContext,
    application::{Principal, RequestId},
    domain::{Locale, Owner, Role},
};
use subscription::{
    application::paper_ports::{Customers, CustomersError},
    domain::{Buyer, Seller},
};
use tower::ServiceExt as _;

use crate::{World, somebody, worlds};

pub(super) fn seller() -> Seller {
    Seller {
        name: "星河数据科技（上海）有限公司".to_owned(),
        address: vec!["上海市浦东新区世纪大道100号".to_owned(), "200120".to_owned()],
        tax_number: Some("91310115MA1K4ABC1D".to_owned()),
    }
}

/// Everybody is called the same.
pub(super) struct Known;

#[async_trait]
impl Customers for Known {
    async fn buyer(&self, _: Owner) -> Result<Option<Buyer>, CustomersError> {
        Ok(Some(Buyer { name: "林晓燕".to_owned(), email: "lin@example.com".to_owned() }))
    }
}

pub(super) async fn fetch(
    world: &World,
    who: &Principal,
    path: &str,
    locale: Locale,
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = Request::get(path).header(header::AUTHORIZATION, "Bearer x");
    let request = request.body(Body::empty()).unwrap();
    let context = RequestContext {
        request_id: RequestId::fresh(world.ambient.uuid()),
        locale,
        locale_asked: true,
        received_at: world.ambient.now(),
        user_agent: None,
        client: None,
    };
    let response = context.scope(world.app(who).oneshot(request)).await.unwrap();
    let (head, body) = response.into_parts();
    (head.status, head.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

/// What a reader sees, page after page, without the spaces.
pub(super) fn text_of(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap().split_whitespace().collect()
}

/// Left for those who want to look at it.
pub(super) fn keep(name: &str, pdf: &[u8]) {
    std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), pdf).unwrap();
}

pub(super) fn path_of(kind: &str, document: &Value) -> String {
    format!("/subscription/{kind}/{}/pdf", document["id"].as_str().unwrap())
}

async fn subscribed(world: &World) -> (Principal, Value) {
    let who = somebody(&world.ambient);
    let body = json!({ "plan": "basic", "interval": "month" });
    let (_, mut answer) = world.post(&who, "/subscription/subscribe", &body).await;
    (who, answer["data"]["invoice"].take())
}

#[tokio::test]
async fn an_invoice_is_a_small_pdf_in_either_language_with_all_that_it_must_say() {
    for world in worlds().await {
        let (who, invoice) = subscribed(&world).await;
        let path = path_of("invoices", &invoice);
        let (status, headers, zh) = fetch(&world, &who, &path, Locale::ZhCn).await;
        assert_eq!(
            (status, &headers[header::CONTENT_TYPE]),
            (StatusCode::OK, &"application/pdf".parse().unwrap())
        );
        assert_eq!(
            headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"INV-00000001.pdf\""
        );
        assert!(zh.starts_with(b"%PDF-") && zh.len() < 60_000, "{} bytes", zh.len());
        let said = text_of(&zh);
        for part in [
            "账单",
            "INV-00000001",
            "待支付",
            "星河数据科技（上海）有限公司",
            "世纪大道100号",
            "税号91310115MA1K4ABC1D",
            "林晓燕",
            "lin@example.com",
            "基础版",
            "2026-11-",
            "49.00",
            "税2.94",
            "合计51.94",
            "应付CNY51.94",
        ] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        let (_, _, again) = fetch(&world, &who, &path, Locale::ZhCn).await;
        assert!(again == zh, "the same bytes each time");
        world.settle_all().await;
        let (_, _, en) = fetch(&world, &who, &path, Locale::En).await;
        let said = text_of(&en);
        for part in
            ["Invoice", "Paid", "Basic", "Tax2.94", "Total51.94", "Paid-51.94", "AmountdueCNY0.00"]
        {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        keep("invoice-zh.pdf", &zh);
        keep("invoice-en.pdf", &en);
    }
}

#[tokio::test]
async fn what_is_taken_back_is_on_a_credit_note() {
    for world in worlds().await {
        let (who, _) = subscribed(&world).await;
        world.settle_all().await;
        world.post(&who, "/subscription/cancel", &json!({ "when": "now" })).await;
        let (_, notes) = world.get(&who, "/subscription/credit-notes").await;
        let note = &notes["data"]["items"][0];
        assert_eq!((&note["number"], &note["total_minor"]), (&json!("CN-00000001"), &json!(5_194)));
        let one = format!("/subscription/credit-notes/{}", note["id"].as_str().unwrap());
        assert_eq!(world.get(&who, &one).await.1["data"], *note);
        let path = path_of("credit-notes", note);
        let (status, _, pdf) = fetch(&world, &who, &path, Locale::ZhCn).await;
        assert_eq!(status, StatusCode::OK);
        let said = text_of(&pdf);
        for part in ["贷项通知单", "CN-00000001", "林晓燕", "49.00", "2.94", "CNY51.94"] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        keep("credit-note-zh.pdf", &pdf);
    }
}

#[tokio::test]
async fn documents_are_their_owners_and_the_administrators() {
    for world in worlds().await {
        let (who, invoice) = subscribed(&world).await;
        world.settle_all().await;
        world.post(&who, "/subscription/cancel", &json!({ "when": "now" })).await;
        let (_, notes) = world.get(&who, "/subscription/credit-notes").await;
        let note = &notes["data"]["items"][0];
        let (stranger, admin) = (somebody(&world.ambient), world.with_role(Role::Admin));
        for path in [path_of("invoices", &invoice), path_of("credit-notes", note)] {
            assert_eq!(fetch(&world, &stranger, &path, Locale::En).await.0, StatusCode::NOT_FOUND);
            assert_eq!(fetch(&world, &admin, &path, Locale::En).await.0, StatusCode::OK, "{path}");
        }
        assert_eq!(
            world.get(&stranger, "/subscription/credit-notes").await.1["data"]["items"],
            json!([])
        );
        let everybodys = "/subscription/admin/credit-notes";
        assert_eq!(world.get(&stranger, everybodys).await.0, StatusCode::FORBIDDEN);
        let (_, found) = world.get(&admin, &format!("{everybodys}?user={}", who.user)).await;
        assert_eq!(found["data"]["items"][0], *note, "{}", world.test.name);
        let (_, none) = world.get(&admin, &format!("{everybodys}?user={}", stranger.user)).await;
        assert_eq!(none["data"]["items"], json!([]));
    }
}
