import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { ProblemList } from '@/features/workflows/ProblemList';
import { show } from '@/testing/show';

const PROBLEM = {
  code: 'ACTION_UNKNOWN',
  message: 'there is no action http.reqest; did you mean http.request?',
  path: 'steps[0].uses',
  line: 4,
  column: 11,
  severity: 'error' as const,
};

describe('problems', () => {
  it('lead to their line', async () => {
    const onJump = vi.fn();
    show(<ProblemList problems={[PROBLEM]} checking={false} onJump={onJump} />);
    await userEvent.click(screen.getByRole('button', { name: /did you mean http.request/ }));
    expect(onJump).toHaveBeenCalledExactlyOnceWith(PROBLEM);
    expect(screen.getByText(/Line 4 · steps\[0\]\.uses · ACTION_UNKNOWN/)).toBeTruthy();
  });

  it('are not denied while the text is being checked', () => {
    show(<ProblemList problems={[]} checking onJump={() => {}} />);
    expect(screen.queryByText('No problems found')).toBeNull();
    expect(screen.getByRole('region', { name: 'Problems' }).getAttribute('aria-busy')).toBe('true');
  });
});
