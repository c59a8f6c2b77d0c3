//! What must add up in the books, as queries that count what does not.

use crate::application::ports::Differences;

const POSTINGS: &str = "SELECT count(*) AS n FROM (SELECT posting_id FROM ledger_entries \
     GROUP BY posting_id, currency HAVING SUM(amount_minor) <> 0) AS off";

/// Of an invoice: what was put on the receivables and taken off them since. A credit note takes
/// from several invoices at once, so these are compared for each customer.
const INVOICES: &str = "SELECT count(*) AS n FROM (SELECT user_id, SUM(due) AS due FROM ( \
     SELECT user_id, CASE WHEN status = 'uncollectible' THEN 0 \
       ELSE total_minor - credit_minor - credited_minor - paid_minor END AS due FROM invoices \
     UNION ALL \
     SELECT user_id, -amount_minor FROM ledger_entries WHERE account = 'receivable') AS both_sides \
     GROUP BY user_id) AS owed WHERE due <> 0";

const CREDITS: &str = "SELECT count(*) AS n FROM (SELECT user_id, SUM(credit) AS credit FROM ( \
     SELECT user_id, credit_minor AS credit FROM billing_accounts \
     UNION ALL \
     SELECT user_id, amount_minor FROM ledger_entries WHERE account = 'customer_credit') AS sides \
     GROUP BY user_id) AS held WHERE credit <> 0";

const REFUNDS: &str = "SELECT count(*) AS n FROM (SELECT user_id, SUM(amount) AS amount FROM ( \
     SELECT user_id, amount_minor AS amount FROM refunds WHERE status = 'pending' \
     UNION ALL \
     SELECT user_id, amount_minor FROM ledger_entries WHERE account = 'refunds_payable') AS sides \
     GROUP BY user_id) AS owed WHERE amount <> 0";

const NUMBERS: &str = "SELECT \
     COALESCE((SELECT SUM(last) FROM document_numbers), 0) \
     - (SELECT count(*) FROM invoices) - (SELECT count(*) FROM credit_notes) AS n";

/// Each query with the place for its count.
pub(super) fn queries(found: &mut Differences) -> [(String, &mut u64); 5] {
    [
        (POSTINGS.to_owned(), &mut found.unbalanced_postings),
        (INVOICES.to_owned(), &mut found.invoices_off),
        (CREDITS.to_owned(), &mut found.credits_off),
        (REFUNDS.to_owned(), &mut found.refunds_off),
        // PostgreSQL adds whole numbers up to a numeric.
        (
            format!("SELECT CAST(n AS bigint) AS n FROM ({NUMBERS}) AS numbers"),
            &mut found.missing_numbers,
        ),
    ]
}
