import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { CreateKey } from '@/features/account/keys/CreateKey';
import { KeyTable } from '@/features/account/keys/KeyTable';
import '@/locales/keys';
import '@/locales/account';
import { useSession } from '@/store/session';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { User } from '@/types/api';

const KEY = 'wfp_0353k7qIFNp3d3CBy9FMgS_secret';
const row = (more: object = {}) => ({
  id: 'k1',
  name: 'build server',
  prefix: 'wfp_0353k7qIFNp3d3CBy9FMgS',
  last_four: 'rWIx',
  scopes: ['workflow:run'],
  created_at: '2026-11-23T08:00:00Z',
  expires_at: '2999-11-23T08:00:00Z',
  last_used_at: null,
  last_used_address: null,
  ...more,
});
const list = (...items: unknown[]) => on.get('/api/v1/users/me/api-keys', () => success({ items, next_cursor: null }));

beforeEach(() => {
  const permissions = ['profile:read', 'workflow:run'];
  useSession.getState().signIn({ id: 'u1', username: 'ann', role: 'user', permissions } as User);
});

describe('the list of keys', () => {
  it('says how each ends, what it may do and that it was never used', async () => {
    server.use(list(row(), row({ id: 'k2', expires_at: '2020-01-01T00:00:00Z' })));
    show(<KeyTable />);
    expect(await screen.findAllByText('wfp_…rWIx')).toHaveLength(2);
    expect(screen.getAllByText('workflow:run')).toHaveLength(2);
    expect(screen.getAllByText('Never')).toHaveLength(2);
    expect(screen.getByText('Ended')).toBeTruthy();
  });

  it('asks once before it revokes', async () => {
    let revoked = '';
    server.use(
      list(row()),
      on.delete('/api/v1/users/me/api-keys/:id', ({ params }) => {
        revoked = String(params.id);
        return success(null);
      }),
    );
    show(<KeyTable />);
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('Revoke build server?')).toBeTruthy();
    expect(revoked).toBe('');
    server.use(list());
    await userEvent.click(within(dialog).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('No keys yet')).toBeTruthy();
    expect(revoked).toBe('k1');
  });
});

describe('making a key', () => {
  const wish = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'New key' }));
    await userEvent.type(await screen.findByLabelText('Name'), ' build server ');
  };

  it('offers what one may do oneself, and shows the key this once', async () => {
    let sent: { name?: string; scopes?: string[]; expires_at?: string } = {};
    server.use(
      on.post('/api/v1/users/me/api-keys', async ({ request }) => {
        sent = (await request.json()) as typeof sent;
        return success({ key: KEY, api_key: row() });
      }),
    );
    show(<CreateKey />);
    await wish();
    expect(screen.queryByText('See all users')).toBeNull();
    await userEvent.click(screen.getByText('Run and cancel workflows'));
    await userEvent.click(screen.getByRole('button', { name: 'Create key' }));
    expect(await screen.findByText(KEY)).toBeTruthy();
    expect(sent).toMatchObject({ name: 'build server', scopes: ['workflow:run'] });
    expect(Date.parse(sent.expires_at ?? '')).toBeGreaterThan(Date.now() + 89 * 24 * 3600 * 1000);
    await userEvent.click(screen.getByRole('button', { name: 'I have kept it' }));
    expect(screen.queryByText(KEY)).toBeNull();
  });

  it('wants a scope, and says what the server says', async () => {
    show(<CreateKey />);
    await wish();
    await userEvent.click(screen.getByRole('button', { name: 'Create key' }));
    expect(await screen.findByText('This is needed')).toBeTruthy();
    server.use(on.post('/api/v1/users/me/api-keys', () => failure(409, 'TOO_MANY_API_KEYS')));
    await userEvent.click(screen.getByText('Run and cancel workflows'));
    await userEvent.click(screen.getByRole('button', { name: 'Create key' }));
    expect((await screen.findByRole('alert')).textContent).toContain('said: TOO_MANY_API_KEYS');
  });
});
