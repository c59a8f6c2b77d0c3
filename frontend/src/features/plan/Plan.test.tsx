import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Plan } from '@/features/plan/Plan';
import { wayTo } from '@/features/plan/PlanCards';
import { plans } from '@/services/plans';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { CurrentSubscription, Plan as Offer } from '@/types/api';
import { saveFile } from '@/utils/save-file';

vi.mock('@/utils/save-file');

const entitlements = {
  executions_per_month: 1000,
  pages_per_month: null,
  concurrent_executions: 10,
  proxies: 20,
  dataset_records: 50_000,
  schedule_interval_seconds: 300,
  history_days: 7,
  history_bytes: 5 * 1024 ** 3,
};
const offer = (code: string, month: number): Offer => ({
  code,
  version: 1,
  name: code.toUpperCase(),
  prices: [
    { interval: 'month', currency: 'CNY', amount_minor: month },
    { interval: 'year', currency: 'CNY', amount_minor: month * 10 },
  ],
  entitlements,
});
const pro = { ...offer('pro', 19_900), entitlements: { ...entitlements, proxies: 2000 } };
const offers = [offer('free', 0), offer('basic', 4900), pro];
const current = (code: string, more: Partial<CurrentSubscription> = {}): CurrentSubscription => ({
  plan: offers.find((plan) => plan.code === code) ?? offer(code, 0),
  status: 'active',
  interval: null,
  started_at: '2026-11-23T08:00:00Z',
  period_started_at: null,
  period_ends_at: null,
  at_period_end: null,
  usage_resets_at: '2026-12-01T00:00:00Z',
  credit_minor: 0,
  ...more,
});
const paying = (code: string, more: Partial<CurrentSubscription> = {}) =>
  current(code, { interval: 'month', period_ends_at: '2026-12-23T08:00:00Z', at_period_end: 'renew', ...more });
const invoice = {
  id: 'i1',
  number: 'INV-00000007',
  subscription_id: 's1',
  reason: 'subscribed',
  status: 'open',
  currency: 'CNY',
  total_minor: 5194,
  tax_minor: 294,
  credit_minor: 0,
  credited_minor: 0,
  paid_minor: 0,
  due_minor: 5194,
  issued_at: '2026-11-23T08:00:00Z',
  due_at: '2026-11-30T08:00:00Z',
  settled_at: null,
  lines: [
    {
      kind: 'subscription',
      plan: 'basic',
      from: '2026-11-23T08:00:00Z',
      until: '2026-12-23T08:00:00Z',
      amount_minor: 4900,
    },
    { kind: 'tax', plan: null, from: null, until: null, amount_minor: 294 },
  ],
};

const creditNote = {
  id: 'c1',
  number: 'CN-00000001',
  user_id: 'u1',
  subscription_id: 's1',
  currency: 'CNY',
  net_minor: 1200,
  tax_minor: 0,
  total_minor: 1200,
  invoice_id: null,
  reason: null,
  issued_at: '2026-11-24T08:00:00Z',
};

const sent: [string, unknown][] = [];
const serve = (now: CurrentSubscription) =>
  server.use(
    on.get('/api/v1/subscription/plans', () => success({ items: offers, next_cursor: null })),
    on.get('/api/v1/subscription/current', () => success(now)),
    on.get('/api/v1/subscription/usage', () =>
      success({ limits: [{ limit: 'proxies', used: 5, allowed: 20, resets_at: null }], days: [] }),
    ),
    on.get('/api/v1/subscription/invoices', () => success({ items: [invoice], next_cursor: null })),
    on.get('/api/v1/subscription/credit-notes', () => success({ items: [creditNote], next_cursor: null })),
    on.get('/api/v1/subscription/preview', () =>
      success({
        plan: 'pro',
        interval: 'month',
        period_ends_at: null,
        lines: [],
        total_minor: 7950,
        credit_minor: 950,
        due_minor: 7000,
      }),
    ),
    on.post('/api/v1/subscription/:change', async ({ params, request }) => {
      sent.push([String(params.change), await request.json()]);
      return success({});
    }),
  );

const paper = vi.spyOn(plans, 'paper');

beforeEach(() => {
  sent.length = 0;
  paper.mockResolvedValue(new Blob());
});

describe('the way to a plan', () => {
  const order = offers.map((plan) => plan.code);
  const way = (code: string, interval: 'month' | 'year', now: CurrentSubscription) =>
    wayTo(offers.find((plan) => plan.code === code) as Offer, interval, now, order);

  it.each([
    ['basic', 'month', current('free'), 'subscribe'],
    ['free', 'month', current('free'), null],
    ['basic', 'month', paying('basic'), null],
    ['basic', 'year', paying('basic'), 'upgrade'],
    ['pro', 'month', paying('basic'), 'upgrade'],
    ['basic', 'month', paying('pro'), 'downgrade'],
    ['basic', 'month', paying('basic', { interval: 'year' }), 'downgrade'],
    ['free', 'month', paying('basic'), 'downgrade'],
  ] as const)('to %s by the %s', (code, interval, now, expected) => {
    expect(way(code, interval, now)).toBe(expected);
  });
});

describe('the page of the plan', () => {
  it('subscribes with a coupon', async () => {
    serve(current('free'));
    show(<Plan />);
    const cards = await screen.findAllByRole('listitem');
    await userEvent.click(within(cards[1] as HTMLElement).getByRole('button', { name: 'Subscribe' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(within(dialog).getByLabelText('Coupon'), 'WELCOME10');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Subscribe' }));
    await screen.findAllByRole('listitem');
    expect(sent).toEqual([['subscribe', { plan: 'basic', interval: 'month', trial: false, coupon: 'WELCOME10' }]]);
  });

  it('says what an upgrade costs before it is made', async () => {
    serve(paying('basic'));
    show(<Plan />);
    await userEvent.click(await screen.findByRole('button', { name: 'Upgrade' }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText('CN¥70')).toBeTruthy();
    const proxies = within(dialog).getByRole('row', { name: /^Proxies/ });
    expect(proxies.textContent).toBe('Proxies202,000');
    expect(sent).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Upgrade' }));
    expect(sent).toEqual([['upgrade', { plan: 'pro', interval: 'month' }]]);
  });

  it('takes back what is planned for the end of the period', async () => {
    serve(paying('basic', { at_period_end: 'cancel' }));
    show(<Plan />);
    expect(await screen.findByText('It ends, and the free plan begins')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Keep the subscription as it is' }));
    expect(sent).toEqual([['resume', {}]]);
  });

  it('shows an invoice with its lines', async () => {
    serve(current('free'));
    show(<Plan />);
    await userEvent.click(await screen.findByRole('button', { name: 'INV-00000007' }));
    const drawer = await screen.findByRole('dialog');
    expect(within(drawer).getByText('BASIC, 2026-11-23 to 2026-12-23')).toBeTruthy();
    expect(within(drawer).getAllByText('CN¥51.94')).toHaveLength(2);
    await userEvent.click(within(drawer).getByRole('button', { name: 'INV-00000007 as PDF' }));
    await expect.poll(() => vi.mocked(saveFile).mock.lastCall?.[1]).toBe('INV-00000007.pdf');
    expect(paper).toHaveBeenLastCalledWith('invoices', 'i1');
  });

  it('shows the invoice that the address names, however old it is', async () => {
    serve(current('free'));
    server.use(
      on.get('/api/v1/subscription/invoices/i0', () => success({ ...invoice, id: 'i0', number: 'INV-00000001' })),
    );
    show(<Plan />, '/plan?open=i0&measure=pages');
    const drawer = await screen.findByRole('dialog');
    expect(await within(drawer).findByText('INV-00000001')).toBeTruthy();
    expect(screen.getByText('Pages', { selector: 'button' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('lists what was taken back, each with its paper', async () => {
    serve(current('free'));
    show(<Plan />);
    await userEvent.click(await screen.findByRole('button', { name: 'CN-00000001 as PDF' }));
    await expect.poll(() => vi.mocked(saveFile).mock.lastCall?.[1]).toBe('CN-00000001.pdf');
    expect(paper).toHaveBeenLastCalledWith('credit-notes', 'c1');
    expect(screen.getByText('Not used of what was paid')).toBeTruthy();
  });
});
