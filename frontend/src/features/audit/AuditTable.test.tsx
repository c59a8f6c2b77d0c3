import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { describe, expect, it } from 'vitest';
import { AuditTable } from '@/features/audit/AuditTable';
import '@/locales/admin';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

const line = (id: string, more: object = {}) => ({
  id,
  at: '2026-11-23T08:00:00Z',
  actor: { kind: 'user', user: { id: 'u1', username: 'root' }, api_key_id: null },
  action: 'user.role_changed',
  user: { id: 'u2', username: 'ann' },
  target: { kind: 'user', id: 'u2' },
  outcome: 'success',
  reason: null,
  address: '192.0.2.7',
  user_agent: 'Firefox',
  request_id: 'req_0123456789',
  details: { from: 'user', to: 'admin' },
  ...more,
});

let asked = '';
const serve = (...items: unknown[]) =>
  server.use(
    on.get('/api/v1/users/admin/audit', ({ request }) => {
      asked = new URL(request.url).search;
      return success({ items, next_cursor: null });
    }),
  );

describe('the audit log', () => {
  it('names who did what to whom, and what became of it', async () => {
    const nobody = { kind: 'anonymous', user: null, api_key_id: null };
    const gone = { kind: 'api_key', user: { id: 'u9', username: null }, api_key_id: 'k1' };
    serve(line('1'), line('2', { actor: nobody, outcome: 'failure' }), line('3', { actor: gone, outcome: 'denied' }));
    show(<AuditTable />);
    expect(await screen.findByText('root')).toBeTruthy();
    expect(screen.getByText('Nobody known')).toBeTruthy();
    expect(screen.getByText(/deleted user/)).toBeTruthy();
    expect(['Done', 'Failed', 'Denied'].every((word) => screen.getByText(word))).toBe(true);
  });

  it('asks for what the address says, and shows the details of a line', async () => {
    serve(line('1'));
    show(<AuditTable />, '/admin/audit?user=u2&outcome=success');
    await userEvent.click(await screen.findByRole('button', { name: 'user.role_changed' }));
    const drawer = await screen.findByRole('dialog');
    expect(within(drawer).getByText('Firefox')).toBeTruthy();
    expect(within(drawer).getByText('"admin"')).toBeTruthy();
    expect(within(drawer).getByText('- user')).toBeTruthy();
    expect(within(drawer).getByText('+ admin')).toBeTruthy();
    const query = new URLSearchParams(asked);
    expect([query.get('user'), query.get('outcome')]).toEqual(['u2', 'success']);
  });

  it('says when nothing was noted', async () => {
    serve();
    show(<AuditTable />);
    expect(await screen.findByText('Nothing was noted')).toBeTruthy();
  });
});
