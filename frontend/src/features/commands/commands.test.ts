import { describe, expect, it } from 'vitest';
import { best, type Command, fit, isId, PLACES } from '@/features/commands/commands';

const named = (...texts: string[]) => texts.map((text): Command => ({ id: text, group: 'go', text }));

describe('what was typed', () => {
  it('fits a text that has it, better at the beginning of a word', () => {
    expect(fit('Executions', 'exe')).toBeGreaterThan(fit('Next executions', 'xec'));
    expect(fit('daily books', 'books')).toBeGreaterThan(fit('ebooks', 'books'));
    expect(fit('工作流', '工作')).toBeGreaterThan(0);
  });

  it('fits with letters left out, not in another order', () => {
    expect(fit('Workflows', 'wkf')).toBeGreaterThan(0);
    expect(fit('Workflows', 'fkw')).toBe(0);
  });

  it('brings the best first and leaves out what does not fit', () => {
    const found = best(named('Files', 'Workflows', 'New workflow', 'Data'), 'work', 9);
    expect(found.map(({ text }) => text)).toEqual(['Workflows', 'New workflow']);
    expect(best(named('a', 'b', 'c'), '', 2).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('may be an id', () => {
    expect(isId(' 0195f3c2-7a4e-7c1b-9d0e-3b8f5a2c6d71 ')).toBe(true);
    expect(isId('0195f3c2')).toBe(false);
  });
});

it('no letter leads to two places', () => {
  const letters = PLACES.flatMap(({ letter }) => letter ?? []);
  expect(new Set(letters).size).toBe(letters.length);
});
