import { type Document, isMap, isScalar, isSeq, type Pair, type Scalar, visit, type YAMLMap } from 'yaml';
import { freeId } from '@/components/canvas/graph';
import { moved, rewritten } from '@/features/workflows/edit';
import { type ParamType, retyped } from '@/features/workflows/params';
import { renamedWithin } from '@/features/workflows/spoken';
import type { Json, JsonObject } from '@/types/api';

type Properties = YAMLMap<unknown, unknown>;

const nameOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key);

const placeOf = (map: Properties, name: string) => map.items.findIndex((pair) => nameOf(pair) === name);

/** A part of a map that is a map itself; where it is none, it becomes one. At the top it stands before the steps. */
function mapIn(text: Document, parent: Properties, name: string): Properties {
  const there = parent.get(name);
  if (isMap(there)) return there as Properties;
  const pair = text.createPair(name, {});
  const [old, steps] = [placeOf(parent, name), parent === text.contents ? placeOf(parent, 'steps') : -1];
  if (old >= 0) parent.items.splice(old, 1, pair);
  else parent.items.splice(steps < 0 ? parent.items.length : steps, 0, pair);
  return pair.value as unknown as Properties;
}

interface Tree {
  text: Document;
  params: Properties;
  properties: Properties;
}

/** Changes the parameters of a text by its tree. */
const changed = (source: string, change: (tree: Tree) => void) =>
  rewritten(source, (text) => {
    const params = mapIn(text, text.contents as unknown as Properties, 'params');
    change({ text, params, properties: mapIn(text, params, 'properties') });
  });

/** The schema of a parameter; what is none, such as `true`, becomes one. */
function schemaOf({ text, properties }: Tree, name: string): Properties {
  const pair = properties.items[placeOf(properties, name)];
  if (!pair) throw new Error(`there is no parameter ${name}`);
  if (!isMap(pair.value)) pair.value = text.createNode({}, { flow: true });
  return pair.value as Properties;
}

/** Changes which names must be given; none leaves no list behind. */
function require({ text, params }: Tree, change: (names: string[]) => string[]) {
  const required = params.get('required');
  const before = isSeq(required) ? (required.toJS(text) as unknown[]).map(String) : [];
  const after = change(before);
  if (after.join('\n') === before.join('\n')) return;
  if (after.length > 0) params.set('required', text.createNode(after, { flow: true }));
  else params.delete('required');
}

/** Adds a parameter at the end; tells its name. */
export function addParam(source: string): [string, string] {
  let name = '';
  const next = changed(source, ({ text, properties }) => {
    name = freeId(
      properties.items.map((pair) => ({ id: nameOf(pair) })),
      'param',
    );
    properties.flow = false;
    properties.add(text.createPair(name, text.createNode({ type: 'string' }, { flow: true })));
  });
  return [next, name];
}

/** Takes a parameter out; what is left empty by that goes with it. */
export const removeParam = (source: string, name: string) =>
  changed(source, (tree) => {
    const { text, params, properties } = tree;
    properties.items.splice(placeOf(properties, name), 1);
    require(tree, (names) => names.filter((one) => one !== name));
    if (properties.items.length === 0) params.delete('properties');
    if (params.items.length === 0) text.delete('params');
  });

/** Gives a parameter another place among the others, which is its place in the form of a run. */
export const moveParam = (source: string, name: string, place: number) =>
  changed(source, ({ properties }) => moved(properties, placeOf(properties, name), place));

/** Says whether a parameter must be given. */
export const requireParam = (source: string, name: string, must: boolean) =>
  changed(source, (tree) =>
    require(tree, (names) => [...names.filter((one) => one !== name), ...(must ? [name] : [])]),
  );

/** Sets a value of a parameter's schema, or takes it away. */
export const setOfParam = (source: string, name: string, key: string, value: Json | undefined) =>
  changed(source, (tree) => {
    const schema = schemaOf(tree, name);
    if (value === undefined) schema.delete(key);
    else schema.set(key, tree.text.createNode(value, { flow: true }));
  });

/** Gives a parameter another type, keeping what holds of such values too. */
export const retypeParam = (source: string, name: string, type: ParamType, firstChoice: string) =>
  changed(source, (tree) => {
    const schema = schemaOf(tree, name);
    const before = schema.toJS(tree.text) as JsonObject;
    const after = retyped(before, type, firstChoice);
    for (const key of Object.keys(before)) if (!(key in after)) schema.delete(key);
    for (const [key, value] of Object.entries(after)) {
      if (JSON.stringify(before[key]) !== JSON.stringify(value)) {
        schema.set(key, tree.text.createNode(value, { flow: true }));
      }
    }
  });

/** Where an expression may stand without its braces. */
const BARE = ['if', 'for_each'];

/** Gives a parameter another name, also where expressions and triggers have it. */
export const renameParam = (source: string, name: string, next: string) =>
  changed(source, (tree) => {
    const { text, properties } = tree;
    const { whole, within } = renamedWithin(name, next);
    visit(text, {
      Pair: (_, pair) => {
        if (BARE.includes(nameOf(pair)) && isText(pair.value)) {
          pair.value.value = pair.value.value.includes('${{') ? within(pair.value.value) : whole(pair.value.value);
        }
      },
      Scalar: (_, scalar) => {
        if (isText(scalar)) scalar.value = within(scalar.value);
      },
    });
    require(tree, (names) => names.map((one) => (one === name ? next : one)));
    const triggers = text.get('triggers');
    const given = isSeq(triggers) ? triggers.items.map((trigger) => isMap(trigger) && trigger.get('params')) : [];
    for (const map of [properties, ...given]) if (isMap(map)) rename(text, map as Properties, name, next);
  });

const isText = (node: unknown): node is Scalar<string> => isScalar(node) && typeof node.value === 'string';

function rename(text: Document, map: Properties, name: string, next: string) {
  const pair = map.items[placeOf(map, name)];
  if (!pair) return;
  if (isScalar(pair.key)) pair.key.value = next;
  else pair.key = text.createNode(next);
}
