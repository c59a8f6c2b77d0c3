import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DatasetTabs } from '@/features/datasets/DatasetTabs';
import '@/locales/data';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { Dataset } from '@/types/api';

vi.setConfig({ testTimeout: 20_000 });

const column = (name: string, type: string, index = 'ready') => ({ name, type, index, label: null, description: null });
const DATASET = {
  name: 'books',
  columns: [
    column('title', 'string'),
    { ...column('price', 'number'), label: 'Price' },
    column('tags', 'array', 'none'),
  ],
} as unknown as Dataset;
const TIME = '2026-11-23T08:00:00Z';
const row = (key: string, data: object) => ({
  key,
  data,
  version: 2,
  created_at: TIME,
  updated_at: TIME,
  seen_at: TIME,
});
const page = (...items: unknown[]) => success({ items, next_cursor: null });

let asked = new URLSearchParams();

beforeEach(() => {
  server.use(
    on.get('/api/v1/datasets/books/records', ({ request }) => {
      asked = new URL(request.url).searchParams;
      return page(row('a/1', { title: '剑来', price: 39.5, tags: ['x'] }));
    }),
    on.get('/api/v1/datasets/books/records/:key', () => success(row('a/1', { title: '剑来', price: 39.5 }))),
    on.get('/api/v1/datasets/books/records/:key/history', () =>
      page(
        {
          version: 2,
          key: 'a/1',
          kind: 'changed',
          at: TIME,
          cause: 'batch',
          execution_id: 'e1',
          fields: [{ field: 'price', before: 45, after: 39.5 }],
        },
        { version: 1, key: 'a/1', kind: 'added', at: TIME, cause: 'import', fields: [] },
      ),
    ),
  );
});

describe('the records of a dataset', () => {
  it('are sorted by a field that has an index', async () => {
    show(<DatasetTabs dataset={DATASET} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Sort by Price' }));
    expect(await screen.findByRole('img', { name: 'ascending' })).toBeTruthy();
    expect([asked.get('sort'), asked.get('order')]).toEqual(['price', 'asc']);
    await userEvent.click(screen.getByRole('button', { name: 'Sort by Price' }));
    expect(await screen.findByRole('img', { name: 'descending' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Sort by tags' })).toBeNull();
  });

  it('are searched, and filtered by what stands in the address', async () => {
    show(<DatasetTabs dataset={DATASET} />, '/?filter=%7B%22price%22%3A%7B%22gte%22%3A30%7D%7D');
    expect(await screen.findByText('Price at least 30')).toBeTruthy();
    await userEvent.type(screen.getByRole('searchbox'), '剑{enter}');
    expect(await screen.findByText('剑来')).toBeTruthy();
    expect([asked.get('search'), asked.get('filter')]).toEqual(['剑', '{"price":{"gte":30}}']);
    await userEvent.click(screen.getByRole('button', { name: 'Remove all filters' }));
    await screen.findByText('剑来');
    expect(asked.get('filter')).toBeNull();
  });

  it('open with their history, field by field', async () => {
    show(<DatasetTabs dataset={DATASET} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Open record a/1' }));
    const history = await screen.findByRole('region', { name: 'History of a/1' });
    const changed = await within(history).findByRole('row', { name: 'Price 45 39.5' });
    expect(changed).toBeTruthy();
    expect(within(history).getByText(/by an import/)).toBeTruthy();
    expect(within(history).getByRole('link', { name: 'Execution' }).getAttribute('href')).toBe('/executions/e1');
  });
});
