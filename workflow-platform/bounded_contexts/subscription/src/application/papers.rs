//! Invoices and credit notes as PDF, and lists of credit notes.

use std::sync::Arc;

use shared_kernel::{
    application::Principal,
    domain::{Locale, Owner, Page, PageRequest, Permission},
};

use super::{SubscriptionError, SubscriptionModule};
use crate::domain::{CreditNote, CreditNoteId, InvoiceId, Letterhead, Paper};

/// A document as a file.
#[derive(Debug, Clone)]
pub struct Printed {
    pub number: String,
    pub pdf: Vec<u8>,
}

impl SubscriptionModule {
    /// One's own invoice; anybody's for those who look after them.
    pub async fn print_invoice(
        &self,
        who: &Principal,
        id: InvoiceId,
        locale: Locale,
    ) -> Result<Printed, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        let mut found = self.billing.invoice(who.owner(), id).await?;
        if found.is_none() && who.require(Permission::BillingRead).is_ok() {
            found = self.billing.anybodys_invoice(id).await?;
        }
        let invoice = found.ok_or(SubscriptionError::NotFound)?;
        self.print(invoice.owner, locale, |head| head.invoice(&invoice)).await
    }

    /// One's own credit note; anybody's for those who look after them.
    pub async fn print_credit_note(
        &self,
        who: &Principal,
        id: CreditNoteId,
        locale: Locale,
    ) -> Result<Printed, SubscriptionError> {
        let note = self.show_credit_note(who, id).await?;
        let invoice = match note.invoice {
            Some(id) => self.billing.invoice(note.owner, id).await?,
            None => None,
        };
        let number = invoice.as_ref().map(|invoice| invoice.number.as_str());
        self.print(note.owner, locale, |head| head.credit_note(&note, number)).await
    }

    pub async fn show_credit_note(
        &self,
        who: &Principal,
        id: CreditNoteId,
    ) -> Result<CreditNote, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        let everybodys = who.require(Permission::BillingRead).is_ok();
        let owner = (!everybodys).then(|| who.owner());
        self.billing.credit_note(owner, id).await?.ok_or(SubscriptionError::NotFound)
    }

    pub async fn list_credit_notes(
        &self,
        who: &Principal,
        page: PageRequest,
    ) -> Result<Page<CreditNote>, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        Ok(self.billing.credit_notes(Some(who.owner()), page).await?)
    }

    pub async fn list_everybodys_credit_notes(
        &self,
        who: &Principal,
        owner: Option<Owner>,
        page: PageRequest,
    ) -> Result<Page<CreditNote>, SubscriptionError> {
        who.require(Permission::BillingRead)?;
        Ok(self.billing.credit_notes(owner, page).await?)
    }

    async fn print(
        &self,
        owner: Owner,
        locale: Locale,
        set: impl FnOnce(&Letterhead<'_>) -> Paper,
    ) -> Result<Printed, SubscriptionError> {
        let buyer = self.customers.buyer(owner).await?;
        let plans = self.store.plan_names().await?;
        let seller = &self.settings.seller;
        let paper = set(&Letterhead { seller, buyer: buyer.as_ref(), plans: &plans, locale });
        let (press, number) = (Arc::clone(&self.press), paper.number.clone());
        let pdf = self.cpu.run(move || press.print(&paper)).await;
        let pdf = pdf.map_err(|error| SubscriptionError::Printing(error.into()))?;
        let pdf = pdf.map_err(|error| SubscriptionError::Printing(error.into()))?;
        Ok(Printed { number, pdf })
    }
}
