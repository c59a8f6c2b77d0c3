import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { ImportFile, nameOf } from '@/features/datasets/ImportFile';
import '@/locales/data';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

vi.setConfig({ testTimeout: 20_000 });

describe('importing a file', () => {
  it('names the dataset after the file', () => {
    expect(nameOf('new books (2).csv')).toBe('new_books_2_');
    expect(nameOf('书单.jsonl')).toBe('书单');
  });

  it('sends the file as it is and tells of every bad line', async () => {
    let asked = new URLSearchParams();
    let media: string | null = null;
    server.use(
      on.post('/api/v1/datasets/books/import', ({ request }) => {
        asked = new URL(request.url).searchParams;
        media = request.headers.get('content-type');
        return success({
          added: 2,
          changed: 1,
          unchanged: 0,
          bad: 1,
          bad_lines: [{ line: 4, message: 'has 1 of 3 cells' }],
          held: [],
          records: 3,
          total: 3,
          version: 1,
        });
      }),
    );
    show(<ImportFile />);
    await userEvent.click(screen.getByRole('button', { name: 'Import file' }));
    const file = new File(['id,title\n1,a\n'], 'books.csv', { type: 'text/csv' });
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    if (!input) throw new Error('there is no place for a file');
    await userEvent.upload(input, file);
    await userEvent.click(screen.getByRole('button', { name: 'Import' }));
    expect(await screen.findByText('2 added, 1 changed, 0 unchanged, 1 bad lines')).toBeTruthy();
    expect(screen.getByText('has 1 of 3 cells')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Open books' }).getAttribute('href')).toBe('/data/books');
    expect([asked.get('format'), asked.get('mode'), asked.get('key'), media]).toEqual([
      'csv',
      'upsert',
      null,
      'text/csv',
    ]);
  });
});
