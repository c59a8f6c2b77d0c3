import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withDefaults } from '@/features/workflows/defaults';

const SOURCE = `# Watches a list.
name: watch
params:
  required: [books]
  properties:
    books: {type: array, items: {type: string}} # by their ids
    list: {enum: [a, b], default: a}
steps:
  - id: one
    uses: qidian.ranking
    with: {list: "\${{ params.list }}"}
`;

describe('a template with values', () => {
  const text = withDefaults(SOURCE, 'my watch', { books: ['1', '2'], list: 'b' });

  it('has them as defaults, and its new name', () => {
    const { name, params } = parse(text);
    expect(name).toBe('my watch');
    expect(params.properties.books.default).toEqual(['1', '2']);
    expect(params.properties.list.default).toBe('b');
  });

  it('keeps all the rest, remarks too', () => {
    expect(text).toMatch(/^# Watches a list\./);
    expect(text).toContain('# by their ids');
    expect(parse(text).steps).toEqual(parse(SOURCE).steps);
  });
});
