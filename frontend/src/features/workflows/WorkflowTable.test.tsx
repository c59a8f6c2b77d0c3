import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { describe, expect, it } from 'vitest';
import { WorkflowTable } from '@/features/workflows/WorkflowTable';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

const row = (name: string) => ({
  id: name,
  name,
  version: 3,
  triggers: [{ kind: 'cron', expression: '0 8 * * *', timezone: 'Asia/Shanghai', next_run: '2026-11-24T00:00:00Z' }],
  recent: [],
  paused: false,
  created_at: '2026-11-23T08:00:00Z',
  updated_at: '2026-11-23T08:00:00Z',
});

const pages = (...items: unknown[][]) =>
  on.get('/api/v1/workflow/definitions', ({ request }) => {
    const place = Number(new URL(request.url).searchParams.get('cursor') ?? 0);
    const next = place + 1 < items.length ? String(place + 1) : null;
    return success({ items: items[place], next_cursor: next });
  });

describe('the list of workflows', () => {
  it('offers templates when it is empty', async () => {
    server.use(pages([]));
    show(<WorkflowTable />);
    const link = await screen.findByRole('link', { name: /Crawl a site/ });
    expect(link.getAttribute('href')).toBe('/workflows/new?template=crawl');
  });

  it('leads to each, with its schedule', async () => {
    server.use(pages([row('daily')]));
    show(<WorkflowTable />);
    const link = await screen.findByRole('link', { name: 'daily' });
    expect(link.getAttribute('href')).toBe('/workflows/daily');
    expect(screen.getByText('0 8 * * *')).toBeTruthy();
    expect(screen.getByText('v3')).toBeTruthy();
  });

  it('names what starts each', async () => {
    const trigger = (kind: string, expression: string) => ({ kind, expression, timezone: 'UTC', next_run: null });
    const triggers = [trigger('webhook', ''), trigger('webhook', ''), trigger('interval', '15m')];
    server.use(pages([{ ...row('hooked'), triggers }]));
    show(<WorkflowTable />);
    expect(await screen.findAllByText('Webhook')).toHaveLength(2);
    expect(screen.getByText('every 15m')).toBeTruthy();
  });

  it('tells how the last runs went, and pauses all triggers', async () => {
    const run = (status: string, took_ms: number | null) => ({
      id: `${status}${took_ms}`,
      status,
      took_ms,
      created_at: '2026-11-23T08:00:00Z',
    });
    const recent = [run('running', null), run('succeeded', 2000), run('failed', 50), run('succeeded', 4000)];
    const paused: string[] = [];
    server.use(
      pages([{ ...row('daily'), recent }]),
      on.get('/api/v1/workflow/definitions/daily/triggers', () =>
        success({
          items: [
            { id: 't1', paused: false },
            { id: 't2', paused: true },
          ],
          next_cursor: null,
        }),
      ),
      on.post('/api/v1/workflow/triggers/:id/pause', ({ params }) => {
        paused.push(String(params.id));
        return success({});
      }),
    );
    show(<WorkflowTable />);
    const runs = await screen.findByRole('link', { name: 'Last runs: Running 1, Succeeded 2, Failed 1' });
    expect(runs.getAttribute('href')).toBe('/executions?definition_id=daily');
    expect(screen.getByText('67%')).toBeTruthy();
    expect(screen.getByText('3.0s')).toBeTruthy();
    await userEvent.click(await screen.findByRole('switch', { name: 'daily starts by itself' }));
    await waitFor(() => expect(paused).toEqual(['t1']));
  });

  it('grows by a page', async () => {
    server.use(pages([row('one')], [row('two')]));
    show(<WorkflowTable />);
    await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    expect(await screen.findByRole('link', { name: 'two' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'one' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
  });

  it('says why it cannot be shown, and tries again', async () => {
    server.use(on.get('/api/v1/workflow/definitions', () => failure(503, 'UNAVAILABLE')));
    show(<WorkflowTable />);
    expect((await screen.findByRole('alert')).textContent).toContain('said: UNAVAILABLE');
    server.use(pages([row('daily')]));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'daily' })).toBeTruthy();
  });
});
