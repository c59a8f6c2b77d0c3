import { useFilter } from '@/hooks/use-filter';
import type { RecordQuery } from '@/services/datasets';
import type { DatasetColumn, Json, JsonObject } from '@/types/api';

export const OPERATORS = ['eq', 'ne', 'contains', 'lt', 'lte', 'gt', 'gte', 'in', 'null', 'notNull'] as const;
export type Operator = (typeof OPERATORS)[number];

/** One test of one field, as a person sees it. */
export interface Condition {
  field: string;
  operator: Operator;
  value: Json;
}

const NAMES = ['search', 'filter', 'sort', 'order', 'columns', 'tab', 'since'] as const;

/** What is looked for stands in the address. */
export function useRecordQuery() {
  const { filter, change, changeAll, open } = useFilter(NAMES);
  const { search, filter: conditions, sort, order, columns } = filter;
  const query: RecordQuery = { search, filter: conditions, sort, order, columns };
  return { query, change, changeAll, open, tab: filter.tab, since: filter.since };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null when the text is no filter. */
export function read(text: string | undefined): Condition[] | null {
  if (!text) return [];
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (!isObject(parsed)) return null;
  return Object.entries(parsed).flatMap(([field, asked]) => {
    if (!isObject(asked)) return [{ field, operator: 'eq' as const, value: asked }];
    return Object.entries(asked).map(([name, value]) => {
      const operator = name === 'null' && value === false ? 'notNull' : (name as Operator);
      return { field, operator, value };
    });
  });
}

/** Undefined when nothing is asked. */
export function write(conditions: Condition[]): string | undefined {
  const filter: Record<string, JsonObject> = {};
  for (const { field, operator, value } of conditions) {
    const test: JsonObject =
      operator === 'null' || operator === 'notNull' ? { null: operator === 'null' } : { [operator]: value };
    filter[field] = { ...filter[field], ...test };
  }
  return conditions.length > 0 ? JSON.stringify(filter) : undefined;
}

const one = (text: string, kind: DatasetColumn['type'] | undefined): Json => {
  const number = Number(text);
  const plain = text.trim() !== '' && Number.isFinite(number) && Number.isSafeInteger(Math.trunc(number));
  if (plain && (kind === 'integer' || kind === 'number')) return number;
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

/** What was typed, as the column has it. */
export function typed(text: string, operator: Operator, column: DatasetColumn | undefined): Json {
  if (operator === 'contains') return text;
  if (operator === 'in') return text.split(/[,，]/).map((part) => one(part.trim(), column?.type));
  return one(text, column?.type);
}

/** The columns that were chosen, in the order of the dataset; all when none was. */
export function shownColumns(columns: DatasetColumn[], chosen: string | undefined): DatasetColumn[] {
  const names = chosen?.split(',');
  return names ? columns.filter(({ name }) => names.includes(name)) : columns;
}
