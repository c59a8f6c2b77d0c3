import { expect, it } from 'vitest';
import { useViews } from '@/features/executions/views';

it('views are kept by name, at most twenty, and forgotten', () => {
  const { keep, forget } = useViews.getState();
  for (let count = 0; count < 25; count++) keep({ name: `v${count}`, search: `q=${count}` });
  keep({ name: 'v24', search: 'status=failed' });
  const { views } = useViews.getState();
  expect(views).toHaveLength(20);
  expect(views.at(-1)).toEqual({ name: 'v24', search: 'status=failed' });
  expect(JSON.parse(localStorage.getItem('wp.views') ?? '')).toEqual(views);
  forget('v24');
  expect(useViews.getState().views.map(({ name }) => name)).not.toContain('v24');
});
