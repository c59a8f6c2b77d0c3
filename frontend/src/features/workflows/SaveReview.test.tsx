import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import SaveReview from '@/features/workflows/SaveReview';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

const ROOT = '/api/v1/workflow/definitions/books';

const CHANGES = [
  { path: 'steps.fetch.with.url', before: 'a', after: 'b' },
  { path: 'steps.save', before: null, after: { id: 'save' } },
];
const TEXT = '--- version 3\n+++ draft\n@@ -1 +1 @@\n-url: a\n+url: b\n';

/** The newest version, which somebody else may raise. */
const held = (newest: () => number) =>
  on.post(`${ROOT}/diff`, () => success({ from: 3, newest: newest(), text: TEXT, changes: CHANGES }));

function review() {
  const heard = { onClose: vi.fn(), onSaved: vi.fn(), onRefused: vi.fn(), onTake: vi.fn() };
  show(<SaveReview id="books" source="url: b" from={3} {...heard} />);
  return heard;
}

describe('the review before saving', () => {
  it('names the steps, shows the lines, and saves with a message by Ctrl+Enter', async () => {
    const sent: unknown[] = [];
    server.use(
      held(() => 3),
      on.put(ROOT, async ({ request }) => {
        sent.push(await request.json());
        return success({ id: 'books', version: 4 });
      }),
    );
    const { onSaved } = review();
    expect(await screen.findByText('Steps added')).toBeTruthy();
    expect(screen.getByText('save')).toBeTruthy();
    expect(screen.getByText('fetch')).toBeTruthy();
    expect(screen.getByText('+url: b')).toBeTruthy();
    await userEvent.type(screen.getByLabelText(/What changed/), 'A new address');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(onSaved).toHaveBeenCalledOnce());
    expect(sent).toEqual([{ source: 'url: b', from: 3, message: 'A new address' }]);
  });

  it('shows what somebody else saved meanwhile, and keeps both when mine is saved', async () => {
    let newest = 3;
    const sent: unknown[] = [];
    server.use(
      held(() => newest),
      on.get(`${ROOT}/diff`, () =>
        success({
          from: 3,
          to: 4,
          text: '-limit: 1\n+limit: 2\n',
          changes: [{ path: 'steps.count.with.limit', before: 1, after: 2 }],
        }),
      ),
      on.put(ROOT, async ({ request }) => {
        const body = (await request.json()) as { from: number };
        sent.push(body.from);
        if (body.from !== newest) return failure(409, 'DEFINITION_CHANGED');
        return success({ id: 'books', version: 5 });
      }),
    );
    const { onSaved } = review();
    await screen.findByText('Steps added');
    newest = 4;
    await userEvent.click(screen.getByRole('button', { name: 'Save version 4' }));
    expect(await screen.findByText('+limit: 2')).toBeTruthy();
    expect(screen.getByText('+url: b')).toBeTruthy();
    expect(screen.getByText('count')).toBeTruthy();
    expect(onSaved).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Save mine as version 5' }));
    await waitFor(() => expect(onSaved).toHaveBeenCalledOnce());
    expect(sent).toEqual([3, 4]);
  });

  it('goes on with theirs when asked to', async () => {
    server.use(
      held(() => 4),
      on.get(`${ROOT}/diff`, () => success({ from: 3, to: 4, text: '+theirs\n', changes: [] })),
      on.get(ROOT, () => success({ id: 'books', version: 4, source: 'theirs' })),
    );
    const { onTake } = review();
    await userEvent.click(await screen.findByRole('button', { name: 'Go on with theirs' }));
    await waitFor(() => expect(onTake).toHaveBeenCalledOnce());
    expect(onTake.mock.calls[0]?.[0]).toMatchObject({ version: 4, source: 'theirs' });
  });

  it('leaves a text with problems to the editor', async () => {
    const problems = [{ code: 'UNKNOWN_ACTION', path: 'steps[0]', message: 'm', severity: 'error' }];
    server.use(on.post(`${ROOT}/diff`, () => failure(422, 'DEFINITION_INVALID', { problems })));
    const { onRefused } = review();
    await waitFor(() => expect(onRefused).toHaveBeenCalledOnce());
  });
});
