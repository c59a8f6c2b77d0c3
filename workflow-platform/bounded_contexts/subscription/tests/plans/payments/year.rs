//! A year of one subscription, from its trial to its end, with everything that it left behind, as it
//! stands in `year.txt`.

use std::{fmt::Write as _, path::Path};

use sea_orm::{ConnectionTrait as _, QueryResult};
use serde_json::{Value, json};
use shared_kernel::{
    application::Principal,
    domain::{Locale, Role, Timestamp},
};

use super::{Shop, event, shops};
use crate::{
    papers::{fetch, keep, path_of, text_of},
    somebody,
};

const EXPECTED: &str = include_str!("year.txt");
const ACCOUNTS: [&str; 7] = [
    "receivable",
    "customer_credit",
    "revenue",
    "tax_payable",
    "cash",
    "bad_debt",
    "refunds_payable",
];

/// The customer's year as it is told.
struct Year<'a> {
    shop: &'a Shop,
    who: Principal,
    text: String,
    /// Events up to here are told of.
    told: i64,
    notices: u32,
}

/// `2028-02-29 10:00:00`.
fn minute(at: i64) -> String {
    Timestamp::from_micros(at).to_string()[..19].replace('T', " ")
}

/// The same, of a text that may be missing.
fn moment(value: &Value) -> String {
    value.as_str().map_or_else(|| "-".repeat(19), |text| text[..19].replace('T', " "))
}

impl<'a> Year<'a> {
    async fn new(shop: &'a Shop) -> Self {
        shop.world.clock.set("2027-10-17T10:00:00Z".parse().unwrap());
        let who = somebody(&shop.world.ambient);
        let mut year = Self { shop, who, text: String::new(), told: 0, notices: 0 };
        shop.world.hear(&shop.world.registered(year.who.owner())).await;
        year.says("registers").await;
        let coupon = json!({
            "code": "AUTUMN25", "off": { "percent": 25 }, "lasts": { "periods": 2 },
        });
        let root = shop.world.with_role(Role::SuperAdmin);
        let (status, made) = shop.world.post(&root, "/subscription/admin/coupons", &coupon).await;
        assert_eq!(status, 201, "{made}");
        year.says("a coupon is added").await;
        year
    }

    /// What was done, and what that told of.
    async fn says(&mut self, what: &str) {
        let now = minute(self.shop.world.ambient.now().micros());
        writeln!(self.text, "{now}  {what}").unwrap();
        self.tell_events().await;
    }

    async fn rows(&self, sql: &str, after: i64) -> Vec<QueryResult> {
        let database = &self.shop.world.test.database;
        let statement = database.statement(sql, [after.into()]);
        database.read().query_all_raw(statement).await.unwrap()
    }

    async fn tell_events(&mut self) {
        let sql = "SELECT position, kind, payload, occurred_at FROM outbox \
                   WHERE position > $1 ORDER BY position";
        for row in self.rows(sql, self.told).await {
            self.told = row.try_get("", "position").unwrap();
            let payload: String = row.try_get("", "payload").unwrap();
            let payload: Value = serde_json::from_str(&payload).unwrap();
            let kind: String = row.try_get("", "kind").unwrap();
            let parts =
                ["plan", "status", "code", "number", "total_minor", "due_minor", "amount_minor"];
            let said: Vec<String> = parts
                .iter()
                .filter(|part| !payload[**part].is_null())
                .map(|part| match &payload[*part] {
                    Value::String(text) => text.clone(),
                    other => format!("{}={other}", part.trim_end_matches("_minor")),
                })
                .collect();
            let at = minute(row.try_get("", "occurred_at").unwrap());
            writeln!(self.text, "{at}      {kind}  {}", said.join(" ")).unwrap();
        }
    }

    /// Until then, with everything that time does, when it is due.
    async fn until(&mut self, at: &str) {
        let (world, at) = (&self.shop.world, at.parse::<Timestamp>().unwrap());
        loop {
            let sql = "SELECT MIN(due_at) AS due FROM subscriptions WHERE due_at <= $1";
            let row = self.rows(sql, at.micros()).await.remove(0);
            let Some(due) = row.try_get::<Option<i64>>("", "due").unwrap() else { break };
            world.clock.set(Timestamp::from_micros(due));
            world.module.advance_due().await.unwrap();
            self.tell_events().await;
        }
        world.clock.set(at);
    }

    async fn post(&mut self, path: &str, body: Value) -> Value {
        let path = format!("/subscription/{path}");
        let (status, mut answer) = self.shop.world.post(&self.who, &path, &body).await;
        assert!(status.is_success(), "{path} {body}: {answer}");
        self.says(&format!("{} {body}", path.trim_start_matches("/subscription/"))).await;
        answer["data"].take()
    }

    async fn list(&self, what: &str) -> Vec<Value> {
        let path = format!("/subscription/{what}?limit=200");
        let (_, found) = self.shop.world.get(&self.who, &path).await;
        let mut items = found["data"]["items"].as_array().unwrap().clone();
        items.reverse();
        items
    }

    /// The newest invoice: its id and number.
    async fn newest(&self) -> (String, String) {
        let invoice = self.list("invoices").await.pop().unwrap();
        let text = |name: &str| invoice[name].as_str().unwrap().to_owned();
        (text("id"), text("number"))
    }

    /// Goes to the page of the newest invoice; gives its number and the session at Stripe.
    async fn begins_to_pay(&mut self) -> (String, String) {
        let (id, number) = self.newest().await;
        let (status, page) = self.shop.pay(&self.who, &id).await;
        assert!(status.is_success(), "{page}");
        let url = page["data"]["url"].as_str().unwrap();
        (number, url.rsplit('/').next().unwrap().to_owned())
    }

    async fn hears(&mut self, kind: &str, session: &str) {
        self.notices += 1;
        let event = event(&format!("evt_{}", self.notices), kind, session);
        assert!(self.shop.tell(&event).await.0.is_success());
        // Stripe tells twice.
        assert!(self.shop.tell(&event).await.0.is_success());
    }

    async fn pays(&mut self) {
        let (number, session) = self.begins_to_pay().await;
        self.shop.stripe.set(&session, "complete", "paid");
        self.hears("completed", &session).await;
        self.says(&format!("pays {number}")).await;
    }

    async fn fails_to_pay(&mut self) {
        let (number, session) = self.begins_to_pay().await;
        self.shop.stripe.set(&session, "complete", "unpaid");
        self.hears("completed", &session).await;
        self.shop.stripe.set_failed(&session);
        self.hears("async_payment_failed", &session).await;
        self.says(&format!("fails to pay {number}")).await;
    }

    /// Money of an invoice goes back, and Stripe says so a while later.
    async fn is_given_back(&mut self, number: &str, amount_minor: i64, reason: &str) {
        let invoices = self.list("invoices").await;
        let invoice = invoices.iter().find(|invoice| invoice["number"] == number).unwrap();
        let path =
            format!("/subscription/admin/invoices/{}/refund", invoice["id"].as_str().unwrap());
        let admin = self.shop.world.with_role(Role::Admin);
        let body = json!({ "amount_minor": amount_minor, "reason": reason });
        let (status, answer) = self.shop.world.post(&admin, &path, &body).await;
        assert!(status.is_success(), "{answer}");
        self.says(&format!("is given back {amount_minor} of {number}: {reason}")).await;
        let refund = self.shop.stripe.newest_refund().unwrap();
        self.shop.stripe.set_refund(&refund, "succeeded");
        self.notices += 1;
        let event = json!({
            "id": format!("evt_{}", self.notices), "object": "event", "type": "refund.updated",
            "data": { "object": { "id": refund } },
        });
        assert!(self.shop.tell(&event).await.0.is_success());
        self.says("Stripe has given it back").await;
    }

    /// What is to their credit goes back the way it came, the newest first.
    async fn is_given_back_the_rest(&mut self) {
        let (_, current) = self.shop.world.get(&self.who, "/subscription/current").await;
        let mut left = current["data"]["credit_minor"].as_i64().unwrap();
        for invoice in self.list("invoices").await.into_iter().rev() {
            let amount = left.min(invoice["paid_minor"].as_i64().unwrap());
            if amount > 0 {
                let number = invoice["number"].as_str().unwrap();
                self.is_given_back(number, amount, "what was not used").await;
                left -= amount;
            }
        }
    }

    /// What the year left behind.
    async fn ends(mut self) -> String {
        self.text.push_str("\nInvoices: number, reason, status, issued, due, settled\n");
        for invoice in self.list("invoices").await {
            self.invoice(&invoice);
        }
        self.text.push_str("\nCredit notes: number, issued, net, tax, total, reason\n");
        for note in self.list("credit-notes").await {
            writeln!(
                self.text,
                "{}  {}  {} + {} = {}  {}",
                note["number"].as_str().unwrap(),
                moment(&note["issued_at"]),
                note["net_minor"],
                note["tax_minor"],
                note["total_minor"],
                note["reason"].as_str().unwrap_or("not used"),
            )
            .unwrap();
        }
        self.text.push_str("\nLedger: debits are positive\n");
        let mut sum = 0;
        for account in ACCOUNTS {
            let balance =
                self.shop.world.sum(&format!("ledger_entries WHERE account = '{account}'")).await;
            sum += balance;
            writeln!(self.text, "{account:16} {balance:>8}").unwrap();
        }
        writeln!(self.text, "{:16} {sum:>8}", "sum").unwrap();
        self.text
    }

    fn invoice(&mut self, invoice: &Value) {
        let text = |name: &str| invoice[name].as_str().unwrap().to_owned();
        writeln!(
            self.text,
            "{}  {}  {}  {}  {}  {}",
            text("number"),
            text("reason"),
            text("status"),
            moment(&invoice["issued_at"]),
            moment(&invoice["due_at"]),
            moment(&invoice["settled_at"]),
        )
        .unwrap();
        for line in invoice["lines"].as_array().unwrap() {
            writeln!(
                self.text,
                "    {:17} {:6} {} .. {} {:>7}",
                line["kind"].as_str().unwrap(),
                line["plan"].as_str().unwrap_or(""),
                moment(&line["from"]),
                moment(&line["until"]),
                line["amount_minor"],
            )
            .unwrap();
        }
        let amount = |name: &str| invoice[&format!("{name}_minor")].as_i64().unwrap();
        writeln!(
            self.text,
            "    total {}: credit {}, credited {}, paid {}, refunded {}, due {}",
            amount("total"),
            amount("credit"),
            amount("credited"),
            amount("paid"),
            amount("refunded"),
            amount("due"),
        )
        .unwrap();
    }
}

async fn live(shop: &Shop) -> String {
    let mut year = Year::new(shop).await;
    let wish = json!({ "plan": "basic", "interval": "month", "trial": true, "coupon": "AUTUMN25" });
    year.post("subscribe", wish).await;
    // The trial ends on the 31st, from which periods are counted.
    year.until("2027-11-02T08:30:00Z").await;
    year.pays().await;
    year.until("2027-11-12T03:21:17Z").await;
    year.post("upgrade", json!({ "plan": "pro" })).await;
    year.pays().await;
    year.until("2027-12-01T09:00:00Z").await;
    year.fails_to_pay().await;
    // Overdue, two reminders, and paid three days before it would be given up.
    year.until("2027-12-18T20:00:00Z").await;
    year.pays().await;
    year.until("2028-01-01T12:00:00Z").await;
    year.pays().await;
    year.until("2028-02-02T07:00:00Z").await;
    year.pays().await;
    year.until("2028-02-10T00:00:00Z").await;
    year.post("downgrade", json!({ "plan": "basic" })).await;
    // The leap day ends the period, and the lower plan begins.
    year.until("2028-03-01T12:00:00Z").await;
    year.pays().await;
    year.until("2028-03-05T12:00:00Z").await;
    year.is_given_back("INV-00000005", 5_000, "a day of outage").await;
    year.until("2028-04-01T12:00:00Z").await;
    year.pays().await;
    year.until("2028-04-10T12:00:00Z").await;
    year.post("cancel", json!({})).await;
    year.until("2028-04-20T12:00:00Z").await;
    year.post("resume", json!({})).await;
    year.until("2028-05-01T12:00:00Z").await;
    year.pays().await;
    year.until("2028-05-15T12:34:56Z").await;
    year.post("upgrade", json!({ "plan": "basic", "interval": "year" })).await;
    year.pays().await;
    year.until("2028-08-15T12:34:56Z").await;
    year.post("upgrade", json!({ "plan": "pro" })).await;
    year.pays().await;
    year.until("2028-10-17T10:00:00Z").await;
    year.post("cancel", json!({ "when": "now" })).await;
    year.is_given_back_the_rest().await;
    year.ends().await
}

#[tokio::test]
async fn a_year_leaves_these_events_invoices_and_balances_on_every_database() {
    for shop in shops().await {
        let found = live(&shop).await;
        let name = shop.world.test.name;
        if found != EXPECTED {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("year-{name}.txt"));
            std::fs::write(&kept, &found).unwrap();
            let differs = found.lines().zip(EXPECTED.lines()).find(|(one, other)| one != other);
            panic!("on {name} the year is as in {}, first at {differs:?}", kept.display());
        }
        assert_eq!(shop.world.balanced().await, Ok(()));
    }
}

#[tokio::test]
async fn an_upgrade_is_on_paper_line_by_line() {
    for shop in shops().await {
        let mut year = Year::new(&shop).await;
        let wish = json!({ "plan": "basic", "interval": "month", "coupon": "AUTUMN25" });
        year.post("subscribe", wish).await;
        year.pays().await;
        year.until("2027-11-02T03:21:17Z").await;
        let mut upgraded = year.post("upgrade", json!({ "plan": "pro" })).await;
        let path = path_of("invoices", &upgraded["invoice"].take());
        let (status, _, pdf) = fetch(&shop.world, &year.who, &path, Locale::En).await;
        assert_eq!(status, 200);
        let said = text_of(&pdf);
        for part in
            ["Pro", "2027-11-02", "2027-11-17", "-18.11", "98.07", "-24.52", "Subtotal55.44"]
        {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        keep("upgrade-en.pdf", &pdf);
    }
}
