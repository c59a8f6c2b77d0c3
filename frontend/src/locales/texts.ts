/**
 * What the interface says, by dotted names, in the language that is shown. A few lines instead of a
 * library, which would be a twelfth of the first load: texts here have places to fill in and nothing else.
 */

export type Texts = { [name: string]: string | Texts };

/** What fills the places of a text; `defaultValue` is said where there is no such text. */
export type Values = Record<string, unknown> & { defaultValue?: string };

export type Translate = (name: string, values?: Values) => string;

export interface Translation {
  t: Translate;
  i18n: { language: string };
}

const known = new Map<string, Texts>();
const listeners = new Set<() => void>();

function merge(into: Texts, more: Texts) {
  for (const [name, text] of Object.entries(more)) {
    const there = into[name];
    if (typeof text === 'string') into[name] = text;
    else into[name] = merge(typeof there === 'object' ? there : {}, text);
  }
  return into;
}

function find(language: string, name: string): string | undefined {
  let here: string | Texts | undefined = known.get(language);
  for (const part of name.split('.')) here = typeof here === 'object' ? here[part] : undefined;
  return typeof here === 'string' ? here : undefined;
}

const fill = (text: string, values: Values) =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));

/** A language's own object: what remembers it sees that the language is another. */
const speaking = (language: string): Translation => ({
  t: (name, values = {}) => fill(find(language, name) ?? values.defaultValue ?? name, values),
  i18n: { language },
});

let current = speaking('');

export const translation = () => current;

export function add(language: string, texts: Texts) {
  known.set(language, merge(known.get(language) ?? {}, texts));
}

export function speak(language: string) {
  if (language === current.i18n.language) return;
  current = speaking(language);
  for (const tell of listeners) tell();
}

export function listen(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}
