import { describe, expect, it } from 'vitest';
import { read, typed, write } from '@/features/datasets/filter';
import type { DatasetColumn } from '@/types/api';

const column = (type: DatasetColumn['type']) => ({ type }) as DatasetColumn;

describe('a filter in the address', () => {
  it('is read as it was written', () => {
    const conditions = [
      { field: 'price', operator: 'gte', value: 10 },
      { field: 'price', operator: 'lt', value: 20 },
      { field: 'note', operator: 'notNull', value: false },
      { field: 'name', operator: 'in', value: ['a', 'b'] },
    ] as const;
    const text = write([...conditions] as never);
    expect(JSON.parse(text ?? '')).toEqual({
      price: { gte: 10, lt: 20 },
      note: { null: false },
      name: { in: ['a', 'b'] },
    });
    expect(read(text)).toEqual(conditions);
    expect(read('{"a":"x"}')).toEqual([{ field: 'a', operator: 'eq', value: 'x' }]);
    expect(write([])).toBeUndefined();
  });

  it('is nothing when it cannot be read', () => {
    expect(read('{')).toBeNull();
    expect(read('[1]')).toBeNull();
    expect(read(undefined)).toEqual([]);
  });

  it('has values of the kind of the column', () => {
    expect(typed('12', 'eq', column('integer'))).toBe(12);
    expect(typed('12', 'eq', column('string'))).toBe('12');
    expect(typed('true', 'eq', column('boolean'))).toBe(true);
    expect(typed('x', 'gt', column('number'))).toBe('x');
    expect(typed('1，2, x', 'in', column('integer'))).toEqual([1, 2, 'x']);
    expect(typed('12', 'contains', column('integer'))).toBe('12');
  });
});
