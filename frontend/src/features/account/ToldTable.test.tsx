import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { expect, it } from 'vitest';
import { ToldTable } from '@/features/account/ToldTable';
import '@/locales/account';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

const mail = { kind: 'email', subject: 'A run failed', body: 'It ended' };
const rule = (id: string, name: string, more: object = {}) => ({
  id,
  name,
  enabled: true,
  trigger: { event: 'execution.finished' },
  cooldown_seconds: 0,
  actions: [mail],
  fired: 0,
  ...more,
});

it('shows what somebody is told of, and sends the rule with the way that was switched', async () => {
  let sent: unknown;
  const hook = rule('a2', 'To the shop', { actions: [{ kind: 'webhook', endpoint_id: 'e1' }] });
  server.use(
    on.get('/api/v1/automations', () => success({ items: [rule('a1', 'Failed runs'), hook], next_cursor: null })),
    on.put('/api/v1/automations/a1', async ({ request }) => {
      sent = await request.json();
      return success(rule('a1', 'Failed runs'));
    }),
  );
  show(<ToldTable />);
  const inApp = await screen.findByRole('switch', { name: 'Failed runs: in the app' });
  expect(inApp.getAttribute('aria-checked')).toBe('false');
  expect(screen.getByRole('switch', { name: 'Failed runs: by mail' }).getAttribute('aria-checked')).toBe('true');
  expect(screen.queryByText('To the shop')).toBeNull();
  await userEvent.click(inApp);
  const note = { kind: 'notify', title: 'A run failed', body: 'It ended' };
  await waitFor(() => expect(sent).toMatchObject({ enabled: true, actions: [mail, note] }));
});
