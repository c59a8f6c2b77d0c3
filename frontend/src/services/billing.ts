import { http } from '@/services/http';
import type {
  Books,
  Coupon,
  CouponWish,
  LocaleCode,
  OwnedInvoice,
  Page,
  Plan,
  PlanOffer,
  RefundOfInvoice,
  RefundWish,
} from '@/types/api';

const ROOT = '/subscription/admin';

export interface InvoiceFilter {
  user?: string;
  status?: string;
}

const code = (one: string) => encodeURIComponent(one);

/** What administrators do about plans and money. */
export const billing = {
  /** The plans on offer as they are called in a language. */
  plansIn: async (language: LocaleCode) =>
    (await http.get<Page<Plan>>('/subscription/plans', undefined, { 'Accept-Language': language })).items,
  offer: (plan: string, offer: PlanOffer) => http.put<Plan>(`${ROOT}/plans/${code(plan)}`, offer),
  withdraw: (plan: string) => http.delete<null>(`${ROOT}/plans/${code(plan)}`),
  coupons: (cursor?: string) => http.get<Page<Coupon>>(`${ROOT}/coupons`, { cursor, limit: 50 }),
  createCoupon: (wish: CouponWish) => http.post<Coupon>(`${ROOT}/coupons`, wish),
  disableCoupon: (coupon: string) => http.delete<null>(`${ROOT}/coupons/${code(coupon)}`),
  invoices: (filter: InvoiceFilter, cursor?: string) =>
    http.get<Page<OwnedInvoice>>(`${ROOT}/invoices`, { ...filter, cursor, limit: 50 }),
  settle: (invoice: string) => http.post<OwnedInvoice>(`${ROOT}/invoices/${invoice}/settle`),
  refund: (invoice: string, wish: RefundWish) => http.post<RefundOfInvoice>(`${ROOT}/invoices/${invoice}/refund`, wish),
  refunds: (invoice: string) => http.get<Page<RefundOfInvoice>>(`${ROOT}/refunds`, { invoice, limit: 200 }),
  books: () => http.get<Books>(`${ROOT}/reconciliation`),
};
