import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useDeferredValue, useState } from 'react';
import { expect, it } from 'vitest';
import { definitionOf } from '@/features/workflows/edit';
import { ParamsPanel } from '@/features/workflows/ParamsPanel';
import '@/locales/canvas';
import { show } from '@/testing/show';

const SOURCE = `name: books
params:
  properties:
    rows: {type: integer}
    shelf: {type: string}
steps:
  - {id: one, uses: wait.for, with: {duration: "\${{ params.rows }}s"}}
`;

/** The text as the editor hands it on: a little later than it is changed. */
function Panel() {
  const [text, setText] = useState(SOURCE);
  const source = useDeferredValue(text);
  return (
    <>
      <ParamsPanel
        source={source}
        definition={definitionOf(source) ?? {}}
        problems={[]}
        onText={setText}
        onJump={() => undefined}
      />
      <pre>{text}</pre>
    </>
  );
}

it('keeps the focus where it is while a parameter gets another name', async () => {
  show(<Panel />, '/?param=rows');
  const name = screen.getByRole('textbox', { name: 'Name of the parameter' });
  await userEvent.clear(name);
  await userEvent.type(name, 'count{Enter}');
  await waitFor(() => expect(screen.getByText(/params\.count \}\}s/)).toBeDefined());
  expect(document.activeElement).toBe(name);
  await userEvent.clear(name);
  await userEvent.type(name, 'lines');
  await userEvent.tab();
  await waitFor(() => expect(screen.getByText(/params\.lines \}\}s/)).toBeDefined());
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Remove' }));
});
