//! Invoices and credit notes as they stand on paper: words and numbers in one language, without a
//! layout.

use shared_kernel::domain::{Currency, Locale, Money, Text, Timestamp};

use super::{CreditNote, Invoice, InvoiceStatus, Line, LineKind};

/// Who sells. Lines of the address as they are written on an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seller {
    pub name: String,
    pub address: Vec<String>,
    pub tax_number: Option<String>,
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    pub name: String,
    pub email: String,
}

/// What is known around a document.
#[derive(Debug, Clone, Copy)]
pub struct Letterhead<'a> {
    pub seller: &'a Seller,
    /// None when the account is gone.
    pub buyer: Option<&'a Buyer>,
    /// Codes of plans and their names.
    pub plans: &'a [(String, Text)],
    pub locale: Locale,
}

/// A label and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// One thing that costs, or is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    pub what: String,
    pub when: String,
    pub amount: String,
}

/// All that is printed. `sums` end with what counts most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub locale: Locale,
    pub title: String,
    pub number: String,
    /// Where it stands: paid, open.
    pub state: String,
    pub issued_at: Timestamp,
    pub facts: Vec<Fact>,
    /// Heading first.
    pub seller: Vec<String>,
    /// Heading first.
    pub buyer: Vec<String>,
    /// What, when and how much.
    pub heads: [String; 3],
    pub rows: Vec<PaperRow>,
    pub sums: Vec<Fact>,
    pub remarks: Vec<String>,
}

/// The day in UTC.
pub fn day(at: Timestamp) -> String {
    at.to_chrono().format("%Y-%m-%d").to_string()
}

/// An amount without its currency, which stands at the head of the column.
fn figures(currency: Currency, amount_minor: i64) -> String {
    let written = Money { currency, amount_minor }.to_string();
    written.split_once(' ').map_or_else(|| written.clone(), |(_, figures)| figures.to_owned())
}

impl<'a> Letterhead<'a> {
    fn say(&self, zh: &'static str, en: &'static str) -> String {
        Text::new(zh, en).of(self.locale).to_owned()
    }

    fn fact(&self, zh: &'static str, en: &'static str, value: impl Into<String>) -> Fact {
        Fact { label: self.say(zh, en), value: value.into() }
    }

    fn sum(
        &self,
        zh: &'static str,
        en: &'static str,
        currency: Currency,
        amount_minor: i64,
    ) -> Fact {
        self.fact(zh, en, figures(currency, amount_minor))
    }

    fn plan(&self, code: Option<&'a str>) -> &'a str {
        let code = code.unwrap_or_default();
        let found = self.plans.iter().find(|(known, _)| known == code);
        found.map_or(code, |(_, name)| name.of(self.locale))
    }

    fn sold_by(&self) -> Vec<String> {
        let Seller { name, address, tax_number } = self.seller;
        let mut lines = vec![self.say("卖方", "From"), name.clone()];
        lines.extend(address.iter().cloned());
        if let Some(number) = tax_number {
            lines.push(format!("{} {number}", self.say("税号", "Tax number")));
        }
        lines
    }

    fn sold_to(&self, user: String) -> Vec<String> {
        let heading = self.say("买方", "Bill to");
        match self.buyer {
            Some(Buyer { name, email }) => vec![heading, name.clone(), email.clone(), user],
            None => vec![heading, self.say("已注销的账户", "An account that was deleted"), user],
        }
    }

    fn heads(&self, currency: Currency) -> [String; 3] {
        let amount = self.say("金额", "Amount");
        let currency = currency.as_str();
        [self.say("项目", "Item"), self.say("期间", "Period"), format!("{amount} ({currency})")]
    }

    fn row(&self, line: &'a Line, currency: Currency) -> PaperRow {
        let plan = self.plan(line.plan.as_deref());
        let what = match (line.kind, self.locale) {
            (LineKind::Subscription, _) => plan.to_owned(),
            (LineKind::ProrationCharge, Locale::ZhCn) => format!("{plan}（本期剩余时间）"),
            (LineKind::ProrationCharge, Locale::En) => format!("{plan} (rest of the period)"),
            (LineKind::ProrationCredit, Locale::ZhCn) => format!("{plan}（未使用的时间）"),
            (LineKind::ProrationCredit, Locale::En) => format!("{plan} (time not used)"),
            (LineKind::Discount, _) => self.say("折扣", "Discount"),
            (LineKind::Tax, _) => self.say("税", "Tax"),
        };
        let when = match (line.from, line.until) {
            (Some(from), Some(until)) => format!("{} – {}", day(from), day(until)),
            _ => String::new(),
        };
        PaperRow { what, when, amount: figures(currency, line.amount_minor) }
    }

    fn state(&self, status: InvoiceStatus) -> String {
        match status {
            InvoiceStatus::Open => self.say("待支付", "Open"),
            InvoiceStatus::Paid => self.say("已支付", "Paid"),
            InvoiceStatus::Uncollectible => self.say("已核销", "Written off"),
        }
    }

    fn in_utc(&self) -> String {
        self.say("日期均为世界协调时（UTC）。", "Dates are in UTC.")
    }

    fn invoice_sums(&self, invoice: &Invoice) -> Vec<Fact> {
        let (currency, tax) = (invoice.currency, invoice.tax_minor());
        let total = invoice.total_minor();
        let mut sums = vec![
            self.sum("小计", "Subtotal", currency, total - tax),
            self.sum("税", "Tax", currency, tax),
            self.sum("合计", "Total", currency, total),
        ];
        for (zh, en, amount) in [
            ("余额抵扣", "Paid from credit", invoice.credit_minor),
            ("贷项冲减", "Taken back", invoice.credited_minor),
            ("已付", "Paid", invoice.paid_minor),
            ("已退款", "Refunded", -invoice.refunded_minor),
        ] {
            if amount != 0 {
                sums.push(self.sum(zh, en, currency, -amount));
            }
        }
        let due = if invoice.status == InvoiceStatus::Open { invoice.due_minor() } else { 0 };
        sums.push(self.fact(
            "应付",
            "Amount due",
            Money { currency, amount_minor: due }.to_string(),
        ));
        sums
    }

    /// An invoice on paper.
    pub fn invoice(&self, invoice: &'a Invoice) -> Paper {
        let mut facts = vec![
            self.fact("编号", "Number", invoice.number.as_str()),
            self.fact("开具日期", "Issued", day(invoice.issued_at)),
            self.fact("付款期限", "Due", day(invoice.due_at)),
        ];
        if let (Some(at), InvoiceStatus::Paid) = (invoice.settled_at, invoice.status) {
            facts.push(self.fact("结清日期", "Paid on", day(at)));
        }
        let sold = invoice.lines.iter().filter(|line| line.kind != LineKind::Tax);
        Paper {
            locale: self.locale,
            title: self.say("账单", "Invoice"),
            number: invoice.number.clone(),
            state: self.state(invoice.status),
            issued_at: invoice.issued_at,
            facts,
            seller: self.sold_by(),
            buyer: self.sold_to(invoice.owner.uuid().to_string()),
            heads: self.heads(invoice.currency),
            rows: sold.map(|line| self.row(line, invoice.currency)).collect(),
            sums: self.invoice_sums(invoice),
            remarks: vec![self.in_utc()],
        }
    }

    /// A credit note on paper.
    /// `invoice` is the number of the one that was given back.
    pub fn credit_note(&self, note: &'a CreditNote, invoice: Option<&str>) -> Paper {
        let (currency, total) = (note.currency, note.net_minor + note.tax_minor);
        let row = PaperRow {
            what: match invoice {
                Some(number) => format!("{} {number}", self.say("退款：账单", "Refund of invoice")),
                None => self.say("退回未使用的部分", "What was not used, taken back"),
            },
            when: day(note.issued_at),
            amount: figures(currency, note.net_minor),
        };
        let reason = note.reason.as_ref();
        let reason = reason.map(|reason| format!("{} {reason}", self.say("原因：", "Reason:")));
        Paper {
            locale: self.locale,
            title: self.say("贷项通知单", "Credit note"),
            number: note.number.clone(),
            state: self.say("已入账", "Credited"),
            issued_at: note.issued_at,
            facts: vec![
                self.fact("编号", "Number", note.number.as_str()),
                self.fact("开具日期", "Issued", day(note.issued_at)),
            ],
            seller: self.sold_by(),
            buyer: self.sold_to(note.owner.uuid().to_string()),
            heads: self.heads(currency),
            rows: vec![row],
            sums: vec![
                self.sum("小计", "Subtotal", currency, note.net_minor),
                self.sum("税", "Tax", currency, note.tax_minor),
                self.fact(
                    "退回合计",
                    "Total credited",
                    Money { currency, amount_minor: total }.to_string(),
                ),
            ],
            remarks: reason.into_iter().chain([self.in_utc()]).collect(),
        }
    }
}
