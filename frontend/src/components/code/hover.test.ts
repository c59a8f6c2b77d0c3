import { describe, expect, it } from 'vitest';
import type { Words } from '@/components/code/complete';
import { toldAt } from '@/components/code/hover';

const WORDS: Words = {
  actions: [
    {
      name: 'http.request',
      title: 'HTTP request',
      description: 'Fetches an address.',
      input_schema: { properties: { url: { title: 'URL', description: 'Where to.' } } },
    },
    { name: 'wait.for', title: 'Wait', description: 'Waits.', input_schema: { properties: { duration: {} } } },
  ],
};

const TEXT = `name: x
steps:
  - id: one
    with:
      url: "http://a.example"
    uses: http.request
  - id: two
    uses: wait.for
    with: {duration: 1s, url: no}
`;

const at = (part: string, from = 0) => toldAt(TEXT, TEXT.indexOf(part, from) + 1, WORDS);

describe('where the pointer rests', () => {
  it('on an action, it is told what it does', () => {
    expect(at('http.request')).toMatchObject({ title: 'http.request · HTTP request', text: 'Fetches an address.' });
  });

  it('on an input, it is told what the action of that step says of it', () => {
    expect(at('url:')).toMatchObject({ title: 'URL', text: 'Where to.' });
    expect(at('duration:')).toMatchObject({ title: 'duration' });
    expect(at('url:', TEXT.indexOf('1s'))).toBeNull();
  });

  it('on anything else nothing is told', () => {
    expect([at('name:'), at('a.example'), at(': x'), at('id: two')]).toEqual([null, null, null, null]);
  });
});
