import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { Timeline } from '@/features/executions/Timeline';
import '@/locales/executions';
import { show } from '@/testing/show';
import type { Step } from '@/types/api';

const step = (id: string) =>
  ({
    id,
    attempt_list: [
      {
        attempt: 1,
        item: null,
        started_at: '2026-11-23T08:00:00Z',
        finished_at: '2026-11-23T08:00:04Z',
        status: 'succeeded',
      },
    ],
  }) as unknown as Step;

describe('the timeline of an execution', () => {
  it('tells which lane is chosen, and is chosen from by a press anywhere in a lane', async () => {
    const choose = vi.fn();
    show(<Timeline steps={['read', 'save'].map(step)} running={false} chosen="read" onChoose={choose} />);
    expect(screen.getByRole('button', { name: 'read' }).getAttribute('aria-pressed')).toBe('true');
    expect(screen.getByRole('button', { name: 'save' }).getAttribute('aria-pressed')).toBe('false');
    await userEvent.click(screen.getByRole('button', { name: 'save' }));
    expect(choose).toHaveBeenLastCalledWith('save');
    const bars = screen.getAllByText('Attempt 1 · Succeeded · 4.0s');
    await userEvent.click(bars[1] as HTMLElement);
    expect(choose).toHaveBeenCalledTimes(2);
    await userEvent.click(screen.getByRole('button', { name: 'read' }));
    expect(choose).toHaveBeenLastCalledWith(null);
  });

  it('draws a part of many lanes', () => {
    const steps = Array.from({ length: 3000 }, (_, at) => step(`s${at}`));
    show(<Timeline steps={steps} running={false} chosen={null} onChoose={() => {}} />);
    expect(screen.getAllByRole('button').length).toBeLessThan(100);
  });
});
