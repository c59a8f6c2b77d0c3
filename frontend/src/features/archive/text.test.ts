import { describe, expect, it } from 'vitest';
import { fileNameOf, isReadable, textOf } from '@/features/archive/text';

const bytes = (...values: number[]) => new Uint8Array(values).buffer;

describe('a page of the archive', () => {
  it('is read in its encoding', () => {
    expect(textOf(bytes(0xc4, 0xe3), 'GBK')).toBe('你');
    expect(textOf(bytes(0x68, 0x69), 'no such charset')).toBe('hi');
  });

  it.each([
    ['text/html; charset=utf-8', true],
    ['application/json', true],
    [null, true],
    ['image/png', false],
  ])('of the type %s is text: %s', (type, readable) => {
    expect(isReadable(type)).toBe(readable);
  });

  it.each([
    ['https://a.example/', 'a.example.html'],
    ['https://a.example/books/1', '1.html'],
    ['https://a.example/books/list.json?page=2', 'list.json'],
    ['https://a.example/%E4%B9%A6', '-E4-B9-A6.html'],
  ])('%s is saved as %s', (url, name) => {
    expect(fileNameOf(url)).toBe(name);
  });
});
