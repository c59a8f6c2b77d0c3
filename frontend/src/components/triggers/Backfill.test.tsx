import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { expect, it } from 'vitest';
import { Backfill } from '@/components/triggers/Backfill';
import '@/locales/triggers';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';
import type { Trigger } from '@/types/api';

const TRIGGER = { id: 't1' } as unknown as Trigger;
const SIX = { started: 6, left: 1, first: '2026-11-20T08:00:00Z', last: '2026-11-25T08:00:00Z' };

async function preview(used: number) {
  const limits = [{ limit: 'executions_per_month', used, allowed: 100, resets_at: null }];
  server.use(
    on.post('/api/v1/workflow/triggers/t1/backfill', () => success(SIX)),
    on.get('/api/v1/subscription/usage', () => success({ limits, days: [] })),
  );
  show(<Backfill trigger={TRIGGER} />);
  await userEvent.click(screen.getByRole('button', { name: 'Run past times' }));
  for (const [box, time] of [
    ['Start date', '2026-11-20 00:00'],
    ['End date', '2026-11-26 00:00'],
  ] as const) {
    const input = await screen.findByPlaceholderText(box);
    await userEvent.click(input);
    fireEvent.change(input, { target: { value: time } });
    fireEvent.keyDown(input, { key: 'Enter', code: 'Enter', keyCode: 13 });
  }
  await screen.findByText('It would start 6 runs');
  return screen.getByRole<HTMLButtonElement>('button', { name: 'Run them' });
}

it('runs what the plan has room for', async () => {
  const run = await preview(94);
  expect(run.disabled).toBe(false);
  expect(screen.queryByText(/The plan refuses/)).toBeNull();
});

it('says how many the plan refuses, and does not offer to run them', async () => {
  const run = await preview(96);
  expect(await screen.findByText('The plan refuses 2 of them, and so nothing would start')).toBeTruthy();
  expect(screen.getByText(/It has 4 more runs this month/)).toBeTruthy();
  expect(run.disabled).toBe(true);
});
