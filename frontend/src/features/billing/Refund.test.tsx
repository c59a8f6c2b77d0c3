import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { Refund } from '@/features/billing/Refund';
import '@/locales/billing';
import '@/locales/money';
import { useSession } from '@/store/session';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { OwnedInvoice } from '@/types/api';

const invoice = {
  id: 'i1',
  number: 'INV-00000007',
  currency: 'CNY',
  paid_minor: 5000,
  refunded_minor: 1000,
} as OwnedInvoice;

const allowed = (...permissions: string[]) => useSession.setState({ state: 'in', user: { permissions } as never });

beforeEach(() => allowed('billing:write'));

it('offers all that is left, and says on its button what goes back', async () => {
  let asked: unknown;
  server.use(
    on.post('/api/v1/subscription/admin/invoices/i1/refund', async ({ request }) => {
      asked = await request.json();
      return success({ id: 'r1' });
    }),
  );
  show(<Refund invoice={invoice} />);
  await userEvent.click(screen.getByText('Refund'));
  const give = await screen.findByText('Refund CN¥40');
  const amount = screen.getByLabelText('Amount');
  await userEvent.clear(amount);
  await userEvent.type(amount, '12.34');
  expect(give.textContent).toBe('Refund CN¥12.34');
  await userEvent.click(give);
  expect(await screen.findByText('This is needed')).toBeTruthy();
  expect(asked).toBeUndefined();
  await userEvent.type(screen.getByLabelText('Reason'), ' ok ');
  await userEvent.click(give);
  await expect.poll(() => asked).toEqual({ amount_minor: 1234, reason: 'ok' });
});

it.each([
  ['who may not write in the books', () => allowed('billing:read'), invoice],
  ['of whose invoice nothing is left', () => {}, { ...invoice, refunded_minor: 5000 }],
])('is nothing for those %s', (_, given, shown) => {
  given();
  show(<Refund invoice={shown} />);
  expect(screen.queryByRole('button')).toBeNull();
});
