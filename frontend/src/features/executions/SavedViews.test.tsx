import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { useLocation } from 'react-router';
import { beforeEach, describe, expect, it } from 'vitest';
import { SavedViews } from '@/features/executions/SavedViews';
import '@/locales/executions';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

const ROOT = '/api/v1/users/me/saved-views';
const view = (name: string, search: string) => ({ name, search, created_at: '2026-11-23T08:00:00Z' });
const Address = () => <output>{useLocation().search}</output>;

let kept: ReturnType<typeof view>[] = [];

beforeEach(() => {
  kept = [view('failed', 'status=failed')];
  server.use(
    on.get(ROOT, () => success(kept)),
    on.put(`${ROOT}/:name`, async ({ params, request }) => {
      const { search } = (await request.json()) as { search: string };
      const made = view(String(params.name), search);
      kept = [...kept.filter(({ name }) => name !== made.name), made];
      return success(made);
    }),
    on.delete(`${ROOT}/:name`, ({ params }) => {
      kept = kept.filter(({ name }) => name !== params.name);
      return success(null);
    }),
  );
});

function look(path: string) {
  show(
    <>
      <SavedViews />
      <Address />
    </>,
    path,
  );
  return userEvent.click(screen.getByRole('button', { name: 'Views' }));
}

describe('saved views', () => {
  it('are the account’s: gone to, kept under a name, and forgotten', async () => {
    await look('/executions?trigger=manual');
    await userEvent.type(await screen.findByLabelText('Name of this view'), ' mine ');
    await userEvent.click(screen.getByRole('button', { name: 'Keep view' }));
    await waitFor(() =>
      expect(kept.map(({ name, search }) => [name, search])).toContainEqual(['mine', 'trigger=manual']),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Views' }));
    await userEvent.click(await screen.findByRole('button', { name: 'failed' }));
    expect(screen.getByRole('status').textContent).toBe('?status=failed');
    await userEvent.click(screen.getByRole('button', { name: 'Views' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Forget failed' }));
    await waitFor(() => expect(kept.map(({ name }) => name)).toEqual(['mine']));
  });

  it('that the browser kept are handed over once', async () => {
    const old = [
      { name: 'failed', search: 'status=cancelled' },
      { name: 'slow', search: 'q=slow' },
    ];
    localStorage.setItem('wp.views', JSON.stringify(old));
    await look('/executions');
    expect(await screen.findByRole('button', { name: 'slow' })).toBeTruthy();
    expect(kept.map(({ name, search }) => [name, search])).toEqual([
      ['failed', 'status=failed'],
      ['slow', 'q=slow'],
    ]);
    expect(localStorage.getItem('wp.views')).toBeNull();
  });

  it('stay with the browser until they have arrived', async () => {
    server.use(on.put(`${ROOT}/:name`, () => failure(503, 'UNAVAILABLE')));
    localStorage.setItem('wp.views', JSON.stringify([{ name: 'slow', search: 'q=slow' }]));
    await look('/executions');
    expect(await screen.findByRole('button', { name: 'failed' })).toBeTruthy();
    expect(localStorage.getItem('wp.views')).toContain('slow');
  });

  it('get another name, though not that of another', async () => {
    kept = [...kept, view('slow', 'q=slow')];
    await look('/executions');
    await userEvent.click(await screen.findByRole('button', { name: 'Rename failed' }));
    const name = screen.getByRole('textbox', { name: 'New name of failed' });
    await userEvent.clear(name);
    await userEvent.type(name, 'slow{Enter}');
    expect(screen.getByRole('alert').textContent).toBe('Another view has this name.');
    await userEvent.clear(name);
    await userEvent.type(name, 'What failed{Enter}');
    expect(await screen.findByRole('button', { name: 'What failed' })).toBeTruthy();
    expect(kept.map(({ name, search }) => [name, search]).sort()).toEqual([
      ['What failed', 'status=failed'],
      ['slow', 'q=slow'],
    ]);
  });

  it('that are one too many say so', async () => {
    server.use(on.put(`${ROOT}/:name`, () => failure(409, 'TOO_MANY_SAVED_VIEWS')));
    await look('/executions?trigger=manual');
    await userEvent.type(await screen.findByLabelText('Name of this view'), 'mine');
    await userEvent.click(screen.getByRole('button', { name: 'Keep view' }));
    expect(await screen.findByRole('alert')).toBeTruthy();
  });
});
