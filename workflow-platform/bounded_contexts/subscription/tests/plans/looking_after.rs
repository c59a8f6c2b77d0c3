//! What administrators do.

use serde_json::json;
use shared_kernel::domain::Role;

use crate::{somebody, worlds};

#[tokio::test]
async fn users_look_after_nothing() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let admin = world.with_role(Role::Admin);
        for path in ["invoices", "coupons", "reconciliation"] {
            let path = format!("/subscription/admin/{path}");
            assert_eq!(world.get(&who, &path).await.0, 403, "{path}");
            assert_eq!(world.get(&admin, &path).await.0, 200, "{path} on {}", world.test.name);
        }
        let coupon = json!({ "code": "FREE_ALL", "off": { "percent": 100 }, "lasts": "forever" });
        assert_eq!(world.post(&who, "/subscription/admin/coupons", &coupon).await.0, 403);
        let (status, _) = world.delete(&admin, "/subscription/admin/plans/pro").await;
        assert_eq!(status, 403, "plans are a matter of super administrators");
        assert_eq!(world.count("coupons").await, 0);
    }
}

#[tokio::test]
async fn what_somebody_uses_is_shown_to_those_who_look_after_them() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month" });
        world.post(&who, "/subscription/subscribe", &body).await;
        let (_, own) = world.get(&who, "/subscription/usage?days=7").await;
        let path = format!("/subscription/admin/users/{}/usage?days=7", who.user);
        let (status, shown) = world.get(&world.with_role(Role::Admin), &path).await;
        assert_eq!(status, 200, "{shown} on {}", world.test.name);
        assert_eq!(shown["data"]["plan"], "basic");
        assert_eq!(shown["data"]["limits"], own["data"]["limits"]);
        assert_eq!(shown["data"]["limits"][0]["allowed"], json!(10_000));
        assert_eq!(world.get(&who, &path).await.0, 403, "not even of oneself");
        let nobody = somebody(&world.ambient);
        let path = format!("/subscription/admin/users/{}/usage", nobody.user);
        let (_, shown) = world.get(&world.with_role(Role::Admin), &path).await;
        assert_eq!(shown["data"]["plan"], "free", "{shown}");
    }
}

#[tokio::test]
async fn an_invoice_is_settled_once_and_it_is_known_by_whom() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month" });
        world.post(&who, "/subscription/subscribe", &body).await;
        let admin = world.with_role(Role::Admin);
        let (_, open) = world.get(&admin, "/subscription/admin/invoices?status=open").await;
        let invoice = &open["data"]["items"][0];
        assert_eq!(invoice["user_id"], json!(who.user), "{}", world.test.name);
        let path =
            format!("/subscription/admin/invoices/{}/settle", invoice["id"].as_str().unwrap());
        let (status, paid) = world.post(&admin, &path, &json!({})).await;
        assert_eq!((status.as_u16(), &paid["data"]["status"]), (200, &json!("paid")), "{paid}");
        let (status, again) = world.post(&admin, &path, &json!({})).await;
        assert_eq!((status.as_u16(), &again["error"]), (409, &json!("INVOICE_SETTLED")));
        let by = "audit_log WHERE action = 'invoice.paid' AND actor_kind = 'user' \
                  AND actor_id <> user_id";
        assert_eq!(world.count(by).await, 1);
        assert_eq!(world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn a_new_version_of_a_plan_is_for_those_who_come_later() {
    for world in worlds().await {
        let old = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month" });
        world.post(&old, "/subscription/subscribe", &body).await;
        let root = world.with_role(Role::SuperAdmin);
        let (_, plans) = world.get(&root, "/subscription/plans").await;
        let offer = json!({
            "name_zh": "基础版", "name_en": "Basic", "rank": 2,
            "prices": [{ "interval": "month", "currency": "CNY", "amount_minor": 5_900 }],
            "entitlements": plans["data"]["items"][1]["entitlements"],
        });
        let (status, made) = world.put(&root, "/subscription/admin/plans/basic", &offer).await;
        assert_eq!((status.as_u16(), &made["data"]["version"]), (200, &json!(2)), "{made}");
        let new = somebody(&world.ambient);
        let (_, bought) = world.post(&new, "/subscription/subscribe", &body).await;
        assert_eq!(bought["data"]["invoice"]["total_minor"], 6_254, "{}", world.test.name);
        world.settle_all().await;
        world.clock.advance(std::time::Duration::from_hours(24 * 31));
        world.module.advance_due().await.unwrap();
        let (_, invoices) = world.get(&old, "/subscription/invoices").await;
        assert_eq!(invoices["data"]["items"][0]["total_minor"], 5_194, "at the price of then");
        let (status, _) = world.delete(&root, "/subscription/admin/plans/basic").await;
        assert_eq!(status, 200);
        let (status, _) =
            world.post(&somebody(&world.ambient), "/subscription/subscribe", &body).await;
        assert_eq!(status, 422, "it is not on offer any more");
        let (status, _) = world.delete(&root, "/subscription/admin/plans/free").await;
        assert_eq!(status, 422);
    }
}

#[tokio::test]
async fn terms_that_make_no_sense_are_refused() {
    for world in worlds().await {
        let root = world.with_role(Role::SuperAdmin);
        for coupon in [
            json!({ "code": "low", "off": { "percent": 10 }, "lasts": "once" }),
            json!({ "code": "ZERO", "off": { "percent": 0 }, "lasts": "once" }),
            json!({ "code": "MORE", "off": { "percent": 101 }, "lasts": "once" }),
            json!({ "code": "LESS", "off": { "amount": { "currency": "CNY", "amount_minor": -5 } }, "lasts": "once" }),
            json!({ "code": "NEVER", "off": { "percent": 10 }, "lasts": { "periods": 0 } }),
            json!({ "code": "PAST", "off": { "percent": 10 }, "lasts": "once", "expires_at": "2020-01-01T00:00:00Z" }),
            json!({ "code": "OTHER", "off": { "percent": 10 }, "lasts": "once", "plans": ["gold"] }),
        ] {
            let (status, answer) = world.post(&root, "/subscription/admin/coupons", &coupon).await;
            assert_eq!(status, 422, "{coupon}: {answer}");
        }
        let good = json!({ "code": "GOOD", "off": { "percent": 10 }, "lasts": "once" });
        assert_eq!(world.post(&root, "/subscription/admin/coupons", &good).await.0, 201);
        let (status, answer) = world.post(&root, "/subscription/admin/coupons", &good).await;
        assert_eq!((status.as_u16(), &answer["error"]), (409, &json!("COUPON_TAKEN")));
        assert_eq!(world.delete(&root, "/subscription/admin/coupons/GOOD").await.0, 200);
        let who = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month", "coupon": "GOOD" });
        let (_, refused) = world.post(&who, "/subscription/subscribe", &body).await;
        assert_eq!(
            refused["details"]["coupon"],
            json!(["is no longer valid"]),
            "{}",
            world.test.name
        );
        assert_eq!(world.count("invoices").await, 0);
    }
}

#[tokio::test]
async fn the_ledger_only_grows() {
    for world in worlds().await {
        let who = somebody(&world.ambient);
        let body = json!({ "plan": "basic", "interval": "month" });
        world.post(&who, "/subscription/subscribe", &body).await;
        let before = world.count("ledger_entries").await;
        assert_eq!(before, 3, "owed, earned, and its tax");
        for change in ["UPDATE ledger_entries SET amount_minor = 1", "DELETE FROM ledger_entries"] {
            world.try_to(change).await.unwrap_err();
        }
        assert_eq!(world.count("ledger_entries").await, before, "{}", world.test.name);
    }
}
