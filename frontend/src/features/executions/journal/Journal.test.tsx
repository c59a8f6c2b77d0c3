import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http as on } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { Journal } from '@/features/executions/journal/Journal';
import { ROW } from '@/features/executions/journal/Rows';
import '@/locales/executions';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

const entry = (seq: number, kind = 'step.started', body: object = { step: 'fetch', item: seq }) => ({
  seq,
  at: '2026-11-23T08:00:00.123456Z',
  kind,
  body,
  shortened: false,
});

let asked: string[] = [];

/** A journal that long; of a kind it has three, of which a page has two. */
function serve(length: number) {
  asked = [];
  server.use(
    on.get('/api/v1/workflow/executions/x/journal', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query.toString());
      if (query.get('kind')) {
        const second = query.get('cursor') === 'next';
        const seqs = second ? [9] : [3, 5];
        const items = seqs.map((seq) => entry(seq, 'step.failed'));
        return success({ items, next_cursor: second ? null : 'next' });
      }
      const after = Number(query.get('after'));
      const count = Math.min(length - after, Number(query.get('limit')));
      return success({ items: Array.from({ length: count }, (_, at) => entry(after + at + 1)), next_cursor: null });
    }),
    on.get('/api/v1/workflow/executions/x/journal/:seq', ({ params }) =>
      success(entry(Number(params.seq), 'step.failed', { step: 'fetch', error: { code: 'TIMEOUT' } })),
    ),
  );
}

describe('the journal of a run', () => {
  beforeEach(() => serve(100_000));

  it('draws and asks for only a part of many events', async () => {
    show(<Journal id="x" steps={['fetch']} last={100_000} />);
    const journal = await screen.findByRole('region', { name: 'Journal' });
    await within(journal).findByText('fetch[1]');
    expect(journal.dataset.events).toBe('100000');
    expect(within(journal).getAllByRole('listitem').length).toBeLessThan(100);
    expect(asked).toEqual(['after=0&limit=100']);
  });

  it('goes to the event whose number is typed', async () => {
    show(<Journal id="x" steps={['fetch']} last={100_000} />);
    const journal = await screen.findByRole('region', { name: 'Journal' });
    await userEvent.type(screen.getByLabelText('Go to number'), '70001{Enter}');
    expect(journal.scrollTop).toBe(70_000 * ROW);
  });

  it('shows the events of a kind, all pages of them', async () => {
    show(<Journal id="x" steps={['fetch']} last={100_000} />, '/?kind=step.failed');
    const journal = await screen.findByRole('region', { name: 'Journal' });
    expect(await within(journal).findByText('fetch[9]')).toBeTruthy();
    expect(within(journal).getAllByRole('listitem')).toHaveLength(3);
    expect(asked.every((query) => query.includes('kind=step.failed'))).toBe(true);
  });

  it('says when a filter lets nothing through', async () => {
    server.use(on.get('/api/v1/workflow/executions/x/journal', () => success({ items: [], next_cursor: null })));
    show(<Journal id="x" steps={['fetch']} last={9} />, '/?events_of=fetch');
    expect(await screen.findByText('No event matches')).toBeTruthy();
  });

  it('opens an event with all that is in it, and the one beside it', async () => {
    show(<Journal id="x" steps={['fetch']} last={100_000} />);
    await userEvent.click(await screen.findByText('fetch[2]'));
    const drawer = await screen.findByRole('dialog');
    expect(within(drawer).getByText('Event 2')).toBeTruthy();
    expect(await within(drawer).findByText('"TIMEOUT"')).toBeTruthy();
    await userEvent.click(within(drawer).getByRole('button', { name: 'Next event' }));
    expect(await within(drawer).findByText('Event 3')).toBeTruthy();
  });

  it('asks again for what failed', async () => {
    const problem = { success: false, error: 'INTERNAL', message: 'no', details: null, request_id: 'r', timestamp: '' };
    server.use(
      on.get('/api/v1/workflow/executions/x/journal', () => HttpResponse.json(problem, { status: 500 }), {
        once: true,
      }),
    );
    show(<Journal id="x" steps={['fetch']} last={40} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getByText('fetch[1]')).toBeTruthy());
  });
});
