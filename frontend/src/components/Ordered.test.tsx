import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { Ordered } from '@/components/Ordered';
import '@/locales/canvas';
import { show } from '@/testing/show';

it('is put in order by keys on the handles, and says what became of it', async () => {
  const onMove = vi.fn();
  show(
    <Ordered label="Things" items={['a', 'b', 'c']} nameOf={(item) => item} onMove={onMove}>
      {(item) => <span>{item}</span>}
    </Ordered>,
  );
  screen.getByRole('button', { name: 'Move b' }).focus();
  await userEvent.keyboard('{ArrowUp}');
  expect(onMove).toHaveBeenLastCalledWith('b', 0);
  expect(screen.getByText('b is now 1 of 3')).toBeDefined();
  await userEvent.keyboard('{End}');
  expect(onMove).toHaveBeenLastCalledWith('b', 2);
  screen.getByRole('button', { name: 'Move a' }).focus();
  await userEvent.keyboard('{ArrowUp}');
  expect(onMove).toHaveBeenCalledTimes(2);
});
