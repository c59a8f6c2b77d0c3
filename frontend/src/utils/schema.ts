import type { Json, JsonObject } from '@/types/api';

/** One field of a form that a JSON Schema describes. */
export interface Field {
  name: string;
  label: string;
  /** What it is called in the text of a workflow, where that is worth showing. */
  key?: string;
  /** `list` is one of texts, `files` one of uploaded files. */
  kind: 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'list' | 'files' | 'json';
  required: boolean;
  help?: string;
  initial?: Json;
  choices?: Json[];
  min?: number;
  max?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOf = (value: Json | undefined) => (typeof value === 'number' ? value : undefined);
const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);

/** What may also be null is what it is otherwise: left empty it is not given. */
function typeOf({ type }: JsonObject): Json | undefined {
  if (!Array.isArray(type)) return type;
  const others = type.filter((one) => one !== 'null');
  return others.length === 1 ? others[0] : type;
}

function kindOf(schema: JsonObject): Field['kind'] {
  if (Array.isArray(schema.enum)) return 'choice';
  const type = typeOf(schema);
  switch (type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return type;
    case 'string':
      return 'text';
    case 'array':
      return listOf(schema.items);
    default:
      return 'json';
  }
}

/** A list has a form of its own when all its values are texts; ids in it are those of uploads. */
function listOf(items: Json | undefined): Field['kind'] {
  if (!isObject(items) || items.type !== 'string') return 'json';
  return items.format === 'uuid' ? 'files' : 'list';
}

function fieldOf(name: string, schema: JsonObject, required: boolean): Field {
  const field: Field = { name, label: textOf(schema.title) ?? name, kind: kindOf(schema), required };
  field.help = textOf(schema.description);
  field.initial = schema.default ?? undefined;
  if (Array.isArray(schema.enum)) field.choices = schema.enum;
  field.min = numberOf(schema.minimum);
  field.max = numberOf(schema.maximum);
  field.minLength = numberOf(schema.minLength);
  field.maxLength = numberOf(schema.maxLength);
  field.pattern = textOf(schema.pattern) ?? (isObject(schema.items) ? textOf(schema.items.pattern) : undefined);
  return field;
}

/** The fields of an object schema, in its order. Anything else has none. */
export function fieldsOf(schema: Json | undefined): Field[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties)
    .filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
    .map(([name, property]) => fieldOf(name, property, required.includes(name)));
}

/** What a form starts with: JSON fields as text, the rest as it is. */
export function initialValues(fields: Field[]): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const field of fields) {
    if (field.initial === undefined) continue;
    values[field.name] = field.kind === 'json' ? JSON.stringify(field.initial) : field.initial;
  }
  return values;
}

/** Form values as parameters: empty fields are left out so that defaults apply. */
export function paramsOf(fields: Field[], values: Record<string, unknown>): JsonObject {
  const params: JsonObject = {};
  for (const field of fields) {
    const value = values[field.name];
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value) && value.length === 0) continue;
    params[field.name] = field.kind === 'json' ? JSON.parse(String(value)) : (value as Json);
  }
  return params;
}

/** Whether a text can be read as JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
