import { describe, expect, it } from 'vitest';
import { nextKeys } from '@/hooks/use-stable-keys';

const known = { names: ['a', 'b'], keys: ['a', 'b'] };

describe('the keys of named items', () => {
  it('go with them when they change places', () => {
    expect(nextKeys(known, ['b', 'a'])).toEqual(['b', 'a']);
  });

  it('stay when one gets another name in its place', () => {
    expect(nextKeys(known, ['c', 'b'])).toEqual(['a', 'b']);
  });

  it('are new for what is added, though something else once had its name', () => {
    const renamed = { names: ['c', 'b'], keys: ['a', 'b'] };
    expect(nextKeys(renamed, ['c', 'b', 'a'])).toEqual(['a', 'b', "a'"]);
  });

  it('go with what is taken out', () => {
    expect(nextKeys(known, ['b'])).toEqual(['b']);
  });
});
