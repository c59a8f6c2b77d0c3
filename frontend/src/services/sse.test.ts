import { describe, expect, it } from 'vitest';
import { SseParser } from '@/services/sse';

const parse = (...pieces: string[]) => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('server-sent events', () => {
  const TEXT = 'id: 7\nevent: step.started\ndata: {"a":1}\n\n: beat\n\ndata: one\ndata:two\n\n';
  const EVENTS = [
    { id: '7', event: 'step.started', data: '{"a":1}' },
    { id: null, event: 'message', data: 'one\ntwo' },
  ];

  it('are read whole', () => expect(parse(TEXT)).toEqual(EVENTS));

  it('are the same wherever the pieces are cut', () => {
    for (let cut = 0; cut <= TEXT.length; cut++) {
      expect(parse(TEXT.slice(0, cut), TEXT.slice(cut))).toEqual(EVENTS);
    }
    expect(parse(...TEXT)).toEqual(EVENTS);
  });

  it.each(['\r\n', '\r'])('may have lines that end with %j', (end) => {
    // A lone CR at the very end may still be followed by LF.
    expect(parse(`${TEXT.replaceAll('\n', end)}:\n`)).toEqual(EVENTS);
  });

  it('need data', () => expect(parse('event: end\n\n')).toEqual([]));
  it('wait for their empty line', () => expect(parse('data: half\n')).toEqual([]));
  it('may begin with a byte order mark', () => expect(parse('\uFEFFdata: x\n\n')).toHaveLength(1));
  it('keep colons and all but one space', () => expect(parse('data:  a:b\n\n')[0]?.data).toBe(' a:b'));
});
