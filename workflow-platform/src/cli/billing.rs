//! `billing`: the books, from the machine itself.

use std::process::ExitCode;

use subscription::application::ports::Differences;
use tokio_util::sync::CancellationToken;

use super::start::logs;
use crate::{config::Config, container::Platform};

/// Says what of the books does not add up; fails when anything does not. Nothing is changed;
/// processes may run meanwhile.
pub async fn reconcile(config: Config) -> anyhow::Result<ExitCode> {
    let _logs = logs(&config)?;
    let platform = Platform::build(config, CancellationToken::new()).await?;
    let found = platform.subscription.differences().await?;
    platform.close().await?;
    print!("{}", report(&found));
    Ok(if found == Differences::default() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line for each kind of difference there is.
fn report(found: &Differences) -> String {
    let Differences {
        unbalanced_postings,
        invoices_off,
        credits_off,
        refunds_off,
        missing_numbers,
    } = *found;
    let kinds = [
        (unbalanced_postings, "unbalanced_postings", "postings whose entries do not add up"),
        (invoices_off, "invoices_off", "customers whose invoices and receivables disagree"),
        (credits_off, "credits_off", "customers whose credit and entries disagree"),
        (refunds_off, "refunds_off", "customers whose refunds and entries disagree"),
        (missing_numbers, "missing_numbers", "numbers of documents that are missing"),
    ];
    let there = kinds.into_iter().filter(|(count, ..)| *count > 0);
    let lines: String =
        there.map(|(count, name, meaning)| format!("{name}  {count}  {meaning}\n")).collect();
    if lines.is_empty() { "the books add up\n".to_owned() } else { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_without_differences_are_said_to_add_up() {
        assert_eq!(report(&Differences::default()), "the books add up\n");
    }

    #[test]
    fn only_differences_that_are_there_are_listed() {
        let found = Differences { credits_off: 2, missing_numbers: 1, ..Differences::default() };
        assert_eq!(
            report(&found),
            "credits_off  2  customers whose credit and entries disagree\n\
             missing_numbers  1  numbers of documents that are missing\n"
        );
    }
}
