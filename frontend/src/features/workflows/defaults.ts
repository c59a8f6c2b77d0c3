import { parseDocument } from 'yaml';
import type { JsonObject } from '@/types/api';

/** The text of a workflow whose parameters have these values unless others are given; the rest stays. */
export function withDefaults(source: string, name: string, values: JsonObject): string {
  const text = parseDocument(source);
  text.set('name', name);
  for (const [param, value] of Object.entries(values)) text.setIn(['params', 'properties', param, 'default'], value);
  return text.toString({ lineWidth: 0, flowCollectionPadding: false });
}
