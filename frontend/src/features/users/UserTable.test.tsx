import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { UserTable } from '@/features/users/UserTable';
import '@/locales/admin';
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

const asked: string[] = [];
const serve = (...people: ReturnType<typeof person>[]) =>
  server.use(
    on.get('/api/v1/users/admin/users', ({ request }) => {
      asked.push(new URL(request.url).search);
      return success({ items: people, next_cursor: null });
    }),
    on.get('/api/v1/users/admin/users/:id', ({ params }) => success(people.find(({ id }) => id === params.id))),
    on.get('/api/v1/users/admin/users/:id/sessions', () => success({ items: [session], next_cursor: null })),
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
