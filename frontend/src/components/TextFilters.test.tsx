import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { TextFilters } from '@/components/TextFilters';
import { show } from '@/testing/show';

const TEXTS = [{ name: 'kind', label: 'Kind', maxLength: 20 }] as const;

function setUp() {
  const told = vi.fn();
  function Filters() {
    const [kind, setKind] = useState<string | undefined>('first');
    const change = (name: 'kind', value?: string) => {
      told(name, value);
      setKind(value);
    };
    return (
      <>
        <TextFilters texts={TEXTS} filter={{ kind }} change={change} />
        <button type="button" onClick={() => setKind(undefined)}>
          back
        </button>
      </>
    );
  }
  show(<Filters />);
  return { told, field: screen.getByLabelText<HTMLInputElement>('Kind') };
}

it('filters by the trimmed words on Enter, and keeps the cursor where it is', async () => {
  const { told, field } = setUp();
  await userEvent.clear(field);
  await userEvent.type(field, ' second {Enter}');
  expect(told.mock.calls).toEqual([['kind', 'second']]);
  expect(document.activeElement).toBe(field);
  await userEvent.tab();
  expect(told).toHaveBeenCalledTimes(1);
});

it('filters by what a field holds when it is left, and not by what it held already', async () => {
  const { told, field } = setUp();
  await userEvent.click(field);
  await userEvent.click(document.body);
  expect(told).not.toHaveBeenCalled();
  await userEvent.type(field, '-one');
  await userEvent.click(document.body);
  expect(told.mock.calls).toEqual([['kind', 'first-one']]);
});

it('shows what the address says when that changes without it', async () => {
  const { field } = setUp();
  await userEvent.click(screen.getByText('back'));
  expect(field.value).toBe('');
});
