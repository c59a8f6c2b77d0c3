import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { UserTable } from '@/features/users/UserTable';
import '@/locales/admin';
import '@/locales/billing';
import { useSession } from '@/store/session';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { Role, User } from '@/types/api';

const person = (id: string, more: object = {}) => ({
  id,
  username: id,
  email: `${id}@example.com`,
  role: 'user',
  status: 'active',
  locale: 'en',
  created_at: '2026-11-23T08:00:00Z',
  last_login_at: null,
  sessions: 1,
  api_keys: 2,
  totp_enabled: true,
  ...more,
});
const session = {
  id: 's1',
  current: false,
  user_agent: 'Firefox',
  address: '192.0.2.7',
  last_address: null,
  created_at: '2026-11-23T08:00:00Z',
  last_used_at: '2026-11-23T08:00:00Z',
  expires_at: '2026-11-30T08:00:00Z',
};

const usage = {
  plan: 'basic',
  plan_name: 'Basic',
  limits: [{ limit: 'executions_per_month', used: 1234, allowed: 10000, resets_at: '2026-12-01T00:00:00Z' }],
  days: [
    { starts_at: '2026-11-22T00:00:00Z', executions: 3, pages: 20, bytes: 1048576, proxy_bytes: 0 },
    { starts_at: '2026-11-23T00:00:00Z', executions: 4, pages: 22, bytes: 1048576, proxy_bytes: 0 },
  ],
};
const noted = {
  id: 'n1',
  at: '2026-11-23T08:00:00Z',
  actor: { kind: 'user', user: null, api_key_id: null },
  action: 'user.password_changed',
  outcome: 'success',
  address: '192.0.2.9',
  details: {},
};

const asked: string[] = [];
const serve = (...people: ReturnType<typeof person>[]) =>
  server.use(
    on.get('/api/v1/users/admin/users', ({ request }) => {
      asked.push(new URL(request.url).search);
      return success({ items: people, next_cursor: null });
    }),
    on.get('/api/v1/users/admin/users/:id', ({ params }) => success(people.find(({ id }) => id === params.id))),
    on.get('/api/v1/users/admin/users/:id/sessions', () => success({ items: [session], next_cursor: null })),
    on.get('/api/v1/subscription/admin/users/:id/usage', () => success(usage)),
    on.get('/api/v1/users/admin/audit', ({ request }) => {
      asked.push(new URL(request.url).search);
      return success({ items: [noted], next_cursor: null });
    }),
  );

const signIn = (role: Role, permissions: string[]) =>
  useSession.getState().signIn({ id: 'me', username: 'me', role, permissions } as User);

beforeEach(() => {
  asked.length = 0;
  signIn('admin', ['users:read', 'users:write']);
});

describe('the list of users', () => {
  it('asks for what the address says', async () => {
    serve(person('ann'));
    show(<UserTable />, '/admin/users?search=an&status=active&sort=username');
    expect(await screen.findByRole('button', { name: 'ann' })).toBeTruthy();
    const query = new URLSearchParams(asked[0]);
    expect([query.get('search'), query.get('status'), query.get('sort')]).toEqual(['an', 'active', 'username']);
  });

  it('says when nobody matches', async () => {
    serve();
    show(<UserTable />);
    expect(await screen.findByText('Nobody matches')).toBeTruthy();
  });
});

describe('the card of a user', () => {
  const open = async (name: string) => {
    show(<UserTable />);
    await userEvent.click(await screen.findByRole('button', { name }));
    return screen.findByRole('dialog');
  };

  it('shows where they are signed in, and suspends after asking once', async () => {
    serve(person('ann'));
    let status: unknown;
    server.use(
      on.put('/api/v1/users/admin/users/:id/status', async ({ request }) => {
        status = await request.json();
        return success(person('ann', { status: 'suspended' }));
      }),
    );
    const card = await open('ann');
    expect(await within(card).findByText('Firefox')).toBeTruthy();
    expect(within(card).queryByRole('button', { name: 'Give role' })).toBeNull();
    await userEvent.click(within(card).getByRole('button', { name: 'Suspend' }));
    const question = await screen.findByText('Suspend ann?');
    expect(status).toBeUndefined();
    const dialog = question.closest('[role="dialog"]') as HTMLElement;
    await userEvent.click(within(dialog).getByRole('button', { name: 'Suspend' }));
    await expect.poll(() => status).toEqual({ status: 'suspended' });
  });

  it('shows what they use of their plan, and what was noted of them last', async () => {
    signIn('admin', ['users:read', 'audit:read']);
    serve(person('ann'));
    const card = await open('ann');
    expect(await within(card).findByText('Basic')).toBeTruthy();
    expect(within(card).getByText('1,234 of 10,000')).toBeTruthy();
    expect(within(card).getByText('In 30 days: 7 executions, 42 pages, 2 MB.')).toBeTruthy();
    expect(await within(card).findByText('user.password_changed')).toBeTruthy();
    expect(new URLSearchParams(asked.at(-1)).get('user')).toBe('ann');
  });

  it('keeps the audit log from those who may not read it', async () => {
    serve(person('ann'));
    const card = await open('ann');
    expect(await within(card).findByText('Basic')).toBeTruthy();
    expect(within(card).queryByText('user.password_changed')).toBeNull();
  });

  it('offers nothing against oneself or who ranks as high', async () => {
    serve(person('me', { role: 'admin' }), person('boss', { role: 'super_admin' }));
    const card = await open('boss');
    expect(await within(card).findByText('Ranks as high as you or higher.')).toBeTruthy();
    expect(within(card).queryByRole('button', { name: 'Suspend' })).toBeNull();
  });

  it('lets super administrators give roles', async () => {
    signIn('super_admin', ['users:read', 'users:write', 'users:roles']);
    serve(person('ann'));
    const card = await open('ann');
    expect(await within(card).findByRole('button', { name: 'Give role' })).toBeTruthy();
  });
});
