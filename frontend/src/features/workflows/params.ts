import type { Json, JsonObject } from '@/types/api';
import { fieldsOf, isObject } from '@/utils/schema';

export const PARAM_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'choice',
  'list',
  'files',
  'object',
  'any',
] as const;

/** What the values of a parameter are; `list` is one of anything, `files` one of uploaded files. */
export type ParamType = (typeof PARAM_TYPES)[number];

export interface Param {
  name: string;
  type: ParamType;
  required: boolean;
  schema: JsonObject;
}

function typeOf(schema: JsonObject): ParamType {
  const [field] = fieldsOf({ properties: { one: schema } });
  if (field?.kind === 'choice' || field?.kind === 'files') return field.kind;
  const types = [schema.type ?? []].flat().filter((type) => type !== 'null');
  if (types.length !== 1) return 'any';
  if (types[0] === 'array') return 'list';
  return PARAM_TYPES.find((type) => type === types[0]) ?? 'any';
}

/** The parameters of a definition, in its order. */
export function paramsIn(definition: JsonObject): Param[] {
  const { params } = definition;
  if (!isObject(params) || !isObject(params.properties)) return [];
  const required = Array.isArray(params.required) ? params.required : [];
  return Object.entries(params.properties).map(([name, property]) => {
    const schema = isObject(property) ? property : {};
    return { name, schema, type: typeOf(schema), required: required.includes(name) };
  });
}

/** Bounds that mean something for values of a type; all other bounds go when the type does. */
const BOUNDS: Record<ParamType, string[]> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: ['minimum', 'maximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'multipleOf'],
  boolean: [],
  choice: ['enum'],
  list: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  files: ['minItems', 'maxItems', 'uniqueItems'],
  object: ['properties', 'required', 'additionalProperties'],
  any: [],
};

const ALL_BOUNDS = [...new Set(Object.values(BOUNDS).flat())];

const OF_TYPE: Record<ParamType, JsonObject> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  choice: { type: 'string' },
  list: { type: 'array', items: { type: 'string' } },
  files: { type: 'array', items: { type: 'string', format: 'uuid' } },
  object: { type: 'object' },
  any: {},
};

function holds(type: ParamType, value: Json): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'list':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'object':
      return isObject(value);
    case 'files':
      return false;
    case 'choice':
      return typeof value === 'string';
    case 'any':
      return true;
    default:
      return typeof value === type;
  }
}

/** The schema of a parameter once it has another type: what does not hold of such values is left out. */
export function retyped(schema: JsonObject, type: ParamType, firstChoice: string): JsonObject {
  const { type: _, ...rest } = schema;
  const kept = Object.entries(rest).filter(([name, value]) => {
    if (name === 'default') return holds(type, value);
    return !ALL_BOUNDS.includes(name) || (BOUNDS[type].includes(name) && name !== 'items');
  });
  const next: JsonObject = { ...OF_TYPE[type], ...Object.fromEntries(kept) };
  if (type === 'choice') next.enum = [typeof next.default === 'string' ? next.default : firstChoice];
  return next;
}
