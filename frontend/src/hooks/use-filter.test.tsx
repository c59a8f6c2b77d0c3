import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router';
import { expect, it } from 'vitest';
import { useFilter } from '@/hooks/use-filter';
import { show } from '@/testing/show';

function Two() {
  const one = useFilter(['state', 'label'] as const);
  const other = useFilter(['text'] as const);
  const { search } = useLocation();
  const both = () => {
    one.change('state', 'failed');
    other.change('text', 'books');
    one.change('label');
  };
  return (
    <>
      <output>{search}</output>
      <button type="button" onClick={both}>
        both
      </button>
      <button type="button" onClick={() => other.change('text')}>
        clear
      </button>
    </>
  );
}

it('keeps all of several changes that are made at once, wherever they are made', async () => {
  show(<Two />, '/executions?label=old&other=1');
  await userEvent.click(screen.getByRole('button', { name: 'both' }));
  expect(screen.getByRole('status').textContent).toBe('?other=1&state=failed&text=books');
});

it('builds on the address as it is, once changes were drawn', async () => {
  show(<Two />, '/executions');
  await userEvent.click(screen.getByRole('button', { name: 'both' }));
  await userEvent.click(screen.getByRole('button', { name: 'clear' }));
  expect(screen.getByRole('status').textContent).toBe('?state=failed');
});
