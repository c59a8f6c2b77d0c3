import { describe, expect, it } from 'vitest';
import { aboutOf, briefOf, toneOf } from '@/features/executions/journal/kinds';
import { partsOf } from '@/features/executions/journal/use-journal';

describe('an event of the journal', () => {
  it('says what it is about', () => {
    expect(aboutOf({ body: { step: 'fetch', item: 0 } })).toBe('fetch[0]');
    expect(aboutOf({ body: { step: 'fetch' } })).toBe('fetch');
    expect(aboutOf({ body: {} })).toBe('');
  });

  it('is told in a line that does not grow with it', () => {
    expect(briefOf({ body: { step: 'fetch', item: 1 } })).toBe('');
    expect(briefOf({ body: { step: 'fetch', attempt: 2 } })).toBe('{"attempt":2}');
    expect(briefOf({ body: { output: 'x'.repeat(10_000) } }).length).toBeLessThan(300);
  });

  it('is marked when something ended', () => {
    expect(toneOf({ kind: 'execution.finished', body: { status: 'succeeded' } })).toBe('ok');
    expect(toneOf({ kind: 'execution.finished', body: { status: 'failed' } })).toBe('bad');
    expect(toneOf({ kind: 'step.succeeded', body: {} })).toBe('ok');
    expect(toneOf({ kind: 'step.failed', body: {} })).toBe('bad');
    expect(toneOf({ kind: 'step.started', body: {} })).toBe('plain');
  });
});

describe('a stretch of a journal', () => {
  it('is asked for in parts', () => {
    expect(partsOf({ first: 0, end: 40 })).toEqual([0]);
    expect(partsOf({ first: 90, end: 130 })).toEqual([0, 1]);
    expect(partsOf({ first: 99_980, end: 100_000 })).toEqual([999]);
    expect(partsOf({ first: 0, end: 0 })).toEqual([]);
  });
});
