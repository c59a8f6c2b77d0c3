import { describe, expect, it } from 'vitest';

type Texts = { [name: string]: string | Texts };

function flat(texts: Texts, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(texts)) {
    const here = path ? `${path}.${name}` : name;
    if (typeof value === 'string') found.set(here, value);
    else for (const [inner, text] of flat(value, here)) found.set(inner, text);
  }
  return found;
}

const places = (text = '') => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

const all = (files: Record<string, { default: Texts }>) =>
  new Map(Object.values(files).flatMap((file) => [...flat(file.default)]));

describe('the two languages', () => {
  const english = all(import.meta.glob(['./en.ts', './*.en.ts'], { eager: true }));
  const chinese = all(import.meta.glob('./*zh-CN.ts', { eager: true }));

  it('have the same texts', () => expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort()));

  it('have no empty text', () => {
    for (const [name, text] of [...english, ...chinese]) expect(text.trim(), name).not.toBe('');
  });

  it('fill in the same values', () => {
    for (const [name, text] of english) expect(places(chinese.get(name)), name).toEqual(places(text));
  });

  it('are not mixed up', () => {
    for (const [name, text] of english) expect(text, name).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
