//! What is said to `psql` before and after a dump, so that all of it is one transaction.

use crate::backup::census::{BALANCES, Census};

use super::quoted;

/// Tables, sequences, views, types and functions of the schema go; those of extensions stay.
const EMPTY: &str = r"DO $empty$ DECLARE
  here CONSTANT oid := {SCHEMA}::regnamespace;
  found record;
BEGIN
  FOR found IN SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
        WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind, relname AS name
      FROM pg_class c WHERE relnamespace = here AND relkind IN ('r', 'p', 'S', 'v', 'm')
        AND NOT relispartition
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
          AND d.objid = c.oid AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
  LOOP EXECUTE format('DROP %s IF EXISTS %s.%I CASCADE', found.kind, {SCHEMA}, found.name); END LOOP;
  FOR found IN SELECT typname AS name FROM pg_type t WHERE typnamespace = here AND typtype IN ('e', 'd')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass
          AND d.objid = t.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP TYPE IF EXISTS %s.%I CASCADE', {SCHEMA}, found.name); END LOOP;
  FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE pronamespace = here
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
          AND d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', found.name); END LOOP;
END $empty$;
";

/// Begins a transaction in an empty schema. Processes that start meanwhile wait for `lock`, as they
/// do for each other's migrations.
pub(super) fn before(schema: &str, lock: i64) -> String {
    format!(
        "SET client_min_messages = warning;\nBEGIN;\nSET LOCAL lock_timeout = '15s';\n\
         SELECT pg_advisory_xact_lock({lock});\n{}",
        EMPTY.replace("{SCHEMA}", &literal(&quoted(schema)))
    )
}

/// Compares with what was archived, and fails the transaction when anything differs.
pub(super) fn compare(schema: &str, census: &Census) -> String {
    let mut script = String::from("DO $compare$ BEGIN\n");
    for (table, count) in &census.rows {
        let name = format!("{}.{}", quoted(schema), quoted(table));
        let told = literal(&format!("table {table} does not have its {count} rows"));
        script += &unless(&format!("(SELECT count(*) FROM {name}) = {count}"), &told);
    }
    if census.rows.contains_key("ledger_entries") {
        let sums = census.ledger.iter().map(|balance| {
            serde_json::json!([
                balance.account,
                balance.currency,
                balance.entries,
                balance.amount_minor
            ])
        });
        let sums = literal(&sums.collect::<serde_json::Value>().to_string());
        let found = BALANCES.replace("{TABLE}", &format!("{}.ledger_entries", quoted(schema)));
        let found = format!(
            "(SELECT coalesce(jsonb_agg(jsonb_build_array(account, currency, entries, amount_minor) \
             ORDER BY account, currency), '[]') FROM ({found}) AS sums)"
        );
        let order = format!(
            "(SELECT coalesce(jsonb_agg(one ORDER BY one ->> 0, one ->> 1), '[]') \
             FROM jsonb_array_elements({sums}::jsonb) AS one)"
        );
        script += &unless(&format!("{found} = {order}"), &literal("the ledger has other sums"));
    }
    script + "END $compare$;\n"
}

fn unless(holds: &str, told: &str) -> String {
    format!("IF NOT ({holds}) THEN RAISE EXCEPTION USING MESSAGE = {told}; END IF;\n")
}

/// A text of SQL.
fn literal(text: &str) -> String {
    let plain = text.replace('\'', "''");
    if plain.contains('\\') {
        format!("E'{}'", plain.replace('\\', "\\\\"))
    } else {
        format!("'{plain}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_an_archive_stay_texts() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\'b"), r"E'a\\''b'");
        assert_eq!(quoted(r#"a"b"#), r#""a""b""#);
    }
}
