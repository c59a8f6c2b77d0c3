import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { startOf } from '@/features/automations/draft';
import { Rule } from '@/features/automations/Rule';
import { translation } from '@/locales/texts';
import '@/locales/automations';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

const EVENTS = [{ kind: 'dataset.changed', title: 'Records of a dataset changed', fields: ['dataset', 'added'] }];
const event = { id: 'e1', kind: 'dataset.changed', at: '2026-11-23T08:00:00Z', payload: { added: 2 } };

let sent: Record<string, unknown>[];

beforeEach(() => {
  sent = [];
  server.use(on.get('/api/v1/automations/events', () => success({ items: EVENTS })));
});

const render = () =>
  show(<Rule initial={{ ...startOf('data', translation().t), name: 'New books' }}>{(save) => save}</Rule>);

it('says what an event carries', async () => {
  render();
  expect(await screen.findByText('Carries: dataset, added')).toBeTruthy();
});

it('shows what the server refuses under the field that it names', async () => {
  server.use(
    on.post('/api/v1/automations', () => failure(422, 'VALIDATION_FAILED', { 'actions[0].title': ['no such name'] })),
  );
  render();
  await userEvent.click(screen.getByRole('button', { name: 'Create automation' }));
  const action = await screen.findByRole('group', { name: 'Action 1' });
  expect(await within(action).findByText('no such name')).toBeTruthy();
  expect(screen.getByRole('alert')).toBeTruthy();
});

it('tries the rule as it is written, and does not keep it', async () => {
  server.use(
    on.post('/api/v1/automations/dry-run', async ({ request }) => {
      sent.push((await request.json()) as Record<string, unknown>);
      const actions = [{ kind: 'notify', title: '2 new records in books' }];
      return success({ fired: 1, items: [{ event, outcome: 'fired', reason: null, actions }] });
    }),
  );
  render();
  await userEvent.type(screen.getByLabelText('Name'), ' today');
  await userEvent.click(screen.getByRole('button', { name: 'Try' }));
  expect(await screen.findByText('Would have fired at 1 of 1 events')).toBeTruthy();
  expect(screen.getByText(/2 new records in books/)).toBeTruthy();
  expect(sent).toMatchObject([
    { last: 20, automation: { name: 'New books today', trigger: { event: 'dataset.changed' } } },
  ]);
});
