import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Parked } from '@/features/parked/Parked';
import '@/locales/admin';
import { useSession } from '@/store/session';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { User } from '@/types/api';

vi.setConfig({ testTimeout: 20_000 });

const EVENT = {
  id: 'e1',
  kind: 'dataset.changed',
  aggregate: 'dataset',
  aggregate_id: 'd1',
  attempts: 5,
  error: 'the mail server refused it',
  occurred_at: '2026-11-23T08:00:00Z',
  parked_at: '2026-11-23T08:05:00Z',
  payload: { dataset: 'books' },
};

describe('parked events', () => {
  let parked = [EVENT];
  beforeEach(() => {
    parked = [EVENT];
    server.use(
      on.get('/api/v1/system/events/parked', () => success({ items: parked, next_cursor: null })),
      on.post('/api/v1/system/events/parked/e1/replay', () => {
        parked = [];
        return success(null);
      }),
    );
  });

  it('say why they could not be handled, and are tried again', async () => {
    useSession.getState().signIn({ id: 'u', permissions: ['system:read', 'system:write'] } as unknown as User);
    show(<Parked />);
    await userEvent.click(await screen.findByRole('button', { name: 'dataset.changed' }));
    expect((await screen.findAllByText('the mail server refused it')).length).toBe(2);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Nothing is parked')).toBeTruthy();
  });

  it('are only looked at by those who may not change them', async () => {
    useSession.getState().signIn({ id: 'u', permissions: ['system:read'] } as unknown as User);
    show(<Parked />, '/?open=e1');
    expect(await screen.findByText('Attempts', { selector: 'dt' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });
});
