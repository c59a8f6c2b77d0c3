//! Invoices: one's own, and everybody's for those who look after them.

use shared_kernel::{
    application::Principal,
    domain::{Page, PageRequest, Permission},
};

use super::{
    SubscriptionError, SubscriptionModule,
    ports::{Differences, InvoiceFilter},
};
use crate::domain::{Invoice, InvoiceId, InvoiceStatus};

impl SubscriptionModule {
    pub async fn list_invoices(
        &self,
        who: &Principal,
        status: Option<InvoiceStatus>,
        page: PageRequest,
    ) -> Result<Page<Invoice>, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        let filter = InvoiceFilter { owner: Some(who.owner()), status };
        Ok(self.billing.invoices(filter, page).await?)
    }

    pub async fn show_invoice(
        &self,
        who: &Principal,
        id: InvoiceId,
    ) -> Result<Invoice, SubscriptionError> {
        who.require(Permission::SubscriptionRead)?;
        self.billing.invoice(who.owner(), id).await?.ok_or(SubscriptionError::NotFound)
    }

    pub async fn list_everybodys_invoices(
        &self,
        who: &Principal,
        filter: InvoiceFilter,
        page: PageRequest,
    ) -> Result<Page<Invoice>, SubscriptionError> {
        who.require(Permission::BillingRead)?;
        Ok(self.billing.invoices(filter, page).await?)
    }

    /// The money came: all that is due of the invoice is paid.
    pub async fn settle_invoice(
        &self,
        who: &Principal,
        id: InvoiceId,
    ) -> Result<Invoice, SubscriptionError> {
        who.require(Permission::BillingWrite)?;
        let found = self.billing.anybodys_invoice(id).await?.ok_or(SubscriptionError::NotFound)?;
        let mut desk = self.desk_for(who, found.owner).await?;
        let open = desk.open_invoices().await?;
        let due = open.iter().find(|invoice| invoice.id == id).map(Invoice::due_minor);
        desk.receive(id, due.ok_or(SubscriptionError::InvoiceSettled)?).await?;
        desk.close().await?;
        self.billing.anybodys_invoice(id).await?.ok_or(SubscriptionError::NotFound)
    }

    /// Whether the books add up.
    pub async fn reconcile(&self, who: &Principal) -> Result<Differences, SubscriptionError> {
        who.require(Permission::BillingRead)?;
        self.differences().await
    }

    /// As [`Self::reconcile`], for commands on the machine.
    pub async fn differences(&self) -> Result<Differences, SubscriptionError> {
        Ok(self.billing.differences().await?)
    }
}
