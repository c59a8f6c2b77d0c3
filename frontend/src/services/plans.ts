import { http } from '@/services/http';
import type {
  ChangedSubscription,
  CreditNote,
  CurrentSubscription,
  Interval,
  Invoice,
  Page,
  Payment,
  Plan,
  UpgradeQuote,
  UsageReport,
} from '@/types/api';

export interface PlanWish {
  plan: string;
  interval: Interval;
}

export interface SubscribeWish extends PlanWish {
  coupon?: string;
  trial: boolean;
}

const change = (path: string, data: unknown) => http.post<ChangedSubscription>(`/subscription/${path}`, data);

export const plans = {
  async list(): Promise<Plan[]> {
    return (await http.get<Page<Plan>>('/subscription/plans')).items;
  },
  current: () => http.get<CurrentSubscription>('/subscription/current'),
  usage: () => http.get<UsageReport>('/subscription/usage'),
  invoices: (cursor?: string) => http.get<Page<Invoice>>('/subscription/invoices', { limit: 20, cursor }),
  invoice: (id: string) => http.get<Invoice>(`/subscription/invoices/${id}`),
  creditNotes: (cursor?: string) => http.get<Page<CreditNote>>('/subscription/credit-notes', { limit: 20, cursor }),
  paper: (kind: 'invoices' | 'credit-notes', id: string) => http.blob(`/subscription/${kind}/${id}/pdf`),
  pay: (invoice: string) => http.post<Payment>(`/subscription/invoices/${invoice}/pay`),
  preview: (wish: PlanWish) => http.get<UpgradeQuote>('/subscription/preview', { ...wish }),
  subscribe: (wish: SubscribeWish) => change('subscribe', wish),
  upgrade: (wish: PlanWish) => change('upgrade', wish),
  downgrade: (wish: PlanWish) => change('downgrade', wish),
  cancel: () => change('cancel', { when: 'period_end' }),
  resume: () => change('resume', {}),
};
