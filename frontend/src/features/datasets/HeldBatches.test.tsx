import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldBatches } from '@/features/datasets/HeldBatches';
import { Shares } from '@/features/datasets/Shares';
import '@/locales/data';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { Dataset } from '@/types/api';

vi.setConfig({ testTimeout: 20_000 });

const TIME = '2026-11-23T08:00:00Z';
const batch = (state: string) => ({
  id: 'b1',
  state,
  records: 3,
  held_at: TIME,
  breaches: [{ rule: 'most_nulls', field: 'title', key: '9', message: '2 records of 3 have none, at most 10 % may' }],
});
const page = (...items: unknown[]) => success({ items, next_cursor: null });
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

describe('held batches', () => {
  let state = 'held';
  let decided = '';

  beforeEach(() => {
    state = 'held';
    server.use(
      on.get('/api/v1/datasets/books/held', () => page(batch(state))),
      on.get('/api/v1/datasets/books/held/b1', () =>
        success({ batch: batch(state), records: [{ id: 9, title: null }], next: null }),
      ),
      on.post('/api/v1/datasets/books/held/b1/:what', ({ params }) => {
        decided = String(params.what);
        state = 'released';
        return success({});
      }),
    );
  });

  it('say why, and are published after one question', async () => {
    show(<HeldBatches name="books" />);
    expect(await screen.findByText(/2 records of 3 have none/)).toBeTruthy();
    await press('Look at it');
    const drawer = await screen.findByRole('dialog');
    expect(await within(drawer).findByText(/2 records of 3 have none/)).toBeTruthy();
    await userEvent.click(within(drawer).getByRole('button', { name: 'Publish batch' }));
    expect(await screen.findByText('Publish 3 records?')).toBeTruthy();
    expect(decided).toBe('');
    const asked = screen.getAllByRole('dialog').at(-1) as HTMLElement;
    await userEvent.click(within(asked).getByRole('button', { name: 'Publish batch' }));
    expect(await screen.findByText('Released')).toBeTruthy();
    expect(decided).toBe('release');
  });
});

describe('a held batch in the list', () => {
  it('is discarded beside its reason', async () => {
    let state = 'held';
    server.use(
      on.get('/api/v1/datasets/books/held', () => page(batch(state))),
      on.post('/api/v1/datasets/books/held/b1/discard', () => {
        state = 'discarded';
        return success({});
      }),
    );
    show(<HeldBatches name="books" />);
    const row = (await screen.findByText(/2 records of 3 have none/)).closest('tr') as HTMLElement;
    await userEvent.click(within(row).getByRole('button', { name: 'Discard batch' }));
    const asked = screen.getByRole('dialog');
    await userEvent.click(within(asked).getByRole('button', { name: 'Discard batch' }));
    expect(await screen.findByText('Discarded')).toBeTruthy();
  });
});

describe('share links', () => {
  const dataset = { name: 'books', columns: [{ name: 'title', label: null }] } as unknown as Dataset;
  const share = { id: 's1', label: 'for the shop', columns: null, created_at: TIME };

  it('are shown once, with their whole address', async () => {
    let wish: object = {};
    server.use(
      on.get('/api/v1/datasets/books/shares', () => page(share)),
      on.post('/api/v1/datasets/books/shares', async ({ request }) => {
        wish = (await request.json()) as object;
        return success({ share, token: 'wps_secret' });
      }),
    );
    show(<Shares dataset={dataset} />);
    expect(await screen.findByText('for the shop')).toBeTruthy();
    await press('New link');
    await userEvent.type(await screen.findByLabelText('Whom it is for'), ' shop ');
    await press('Create link');
    expect((await screen.findByText(/shared\/datasets\/wps_secret$/)).textContent).toMatch(/^http/);
    expect(wish).toMatchObject({ label: 'shop' });
    await press('I have kept it');
    expect(screen.queryByText(/wps_secret/)).toBeNull();
  });

  it('are revoked after one question', async () => {
    let revoked = false;
    server.use(
      on.get('/api/v1/datasets/books/shares', () => page({ ...share, revoked_at: revoked ? TIME : null })),
      on.delete('/api/v1/datasets/books/shares/s1', () => {
        revoked = true;
        return success(null);
      }),
    );
    show(<Shares dataset={dataset} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Revoke' }));
    const asked = await screen.findByRole('dialog', { name: 'Revoke for the shop?' });
    await userEvent.click(within(asked).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('Revoked')).toBeTruthy();
  });
});
