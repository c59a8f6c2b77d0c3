import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { expect, it } from 'vitest';
import { Events } from '@/features/parked/Events';
import '@/locales/admin';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

const event = (id: string, more: object = {}) => ({
  id,
  kind: 'dataset.changed',
  aggregate: 'dataset',
  aggregate_id: 'd1',
  user_id: 'u1',
  payload: { dataset: 'books' },
  occurred_at: '2026-11-23T08:00:00Z',
  state: 'delivered',
  attempts: 0,
  error: null,
  request_id: null,
  ...more,
});

it('lists what happened as the address filters it, and leads from a parked event to where it is tried again', async () => {
  let asked = new URLSearchParams();
  const stuck = event('e2', { kind: 'invoice.issued', state: 'parked', attempts: 8, error: 'mail was refused' });
  server.use(
    on.get('/api/v1/system/events', ({ request }) => {
      asked = new URL(request.url).searchParams;
      return success({ items: [event('e1'), stuck], next_cursor: null });
    }),
  );
  show(<Events />, '/admin/events?user=u1&state=parked');
  await userEvent.click(await screen.findByRole('button', { name: 'invoice.issued' }));
  expect([asked.get('user'), asked.get('state')]).toEqual(['u1', 'parked']);
  const drawer = await screen.findByRole('dialog');
  expect(within(drawer).getByText('mail was refused')).toBeTruthy();
  expect(within(drawer).getByRole('link', { name: 'To the parked events' }).getAttribute('href')).toBe(
    '/admin/events?show=parked&open=e2',
  );
});
