import fc from 'fast-check';
import type { Json, JsonObject } from '@/types/api';

export const expression = (inside: string) => `\${{ ${inside} }}`;

/** Any value, with those that are easily taken for something else when they are written without quotes. */
export const value: fc.Arbitrary<Json> = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.constantFrom(
      expression('params.pages'),
      'null',
      '007',
      'true',
      '~',
      '- a',
      'a: b',
      '# no',
      '\n  x\n',
      '2026-01-01',
    ),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json as fc.Arbitrary<Json>;

const input = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), value, { maxKeys: 4, noNullPrototype: true });

/** Definitions whose steps have names of their own and need only steps above them. */
export const definition = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/), { minLength: 1, maxLength: 8 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id, place) =>
        fc.record(
          {
            id: fc.constant(id),
            uses: fc.constantFrom('http.request', 'script.javascript', 'wait.for'),
            with: input,
            needs: fc.subarray(ids.slice(0, place)),
            if: fc.constantFrom(expression('params.on'), true),
            for_each: fc.array(value, { maxLength: 3 }),
            max_parallel: fc.integer({ min: 1, max: 9 }),
            retry: fc.record({ max_attempts: fc.integer({ min: 1, max: 9 }) }),
            timeout: fc.constantFrom('30s', '1h30m'),
            on_error: fc.constantFrom('fail', 'continue'),
          },
          { requiredKeys: ['id', 'uses'], noNullPrototype: true },
        ),
      ),
    ),
  )
  .chain((steps) =>
    fc.record(
      {
        name: fc.string({ minLength: 1 }),
        params: fc.record({ properties: input }, { noNullPrototype: true }),
        outputs: input,
        steps: fc.constant(steps as unknown as JsonObject[]),
      },
      { requiredKeys: ['name', 'steps'], noNullPrototype: true },
    ),
  );
