import { expect, it } from 'vitest';
import { completeWithin, completeWord, isOpen } from '@/utils/expressions';

it('a bare expression gets the word in full', () => {
  expect(completeWord('trigger.event.payload.ad', 'trigger.event.payload.added')).toBe('trigger.event.payload.added');
  expect(completeWord('1 < trig', 'trigger.event.kind')).toBe('1 < trigger.event.kind');
});

it('an expression within a text is open until it is ended', () => {
  expect(['no', `so \${{ tri`, `so \${{ a }} and`].map(isOpen)).toEqual([false, true, false]);
  expect(completeWithin(`so \${{ tri`, 'trigger.event.kind')).toBe(`so \${{ trigger.event.kind }}`);
  expect(completeWithin(`\${{ a }} of \${{ `, 'now')).toBe(`\${{ a }} of \${{ now }}`);
});
