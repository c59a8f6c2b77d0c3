import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { useLocation } from 'react-router';
import { beforeEach, describe, expect, it } from 'vitest';
import { ExecutionFilters } from '@/features/executions/ExecutionFilters';
import { ExecutionTable } from '@/features/executions/ExecutionTable';
import '@/locales/executions';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

let asked: URLSearchParams[] = [];

const Address = () => <output>{useLocation().search}</output>;

beforeEach(() => {
  asked = [];
  server.use(
    on.get('/api/v1/workflow/definitions', () => success({ items: [], next_cursor: null })),
    on.get('/api/v1/workflow/executions', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return success({ items: [], next_cursor: null });
    }),
  );
});

describe('the filter of executions', () => {
  it('asks for what started them, as the address has it', async () => {
    show(<ExecutionTable />, '/executions?trigger=schedule&status=failed');
    expect(await screen.findByText('No execution matches')).toBeTruthy();
    expect([asked[0]?.get('trigger'), asked[0]?.get('status')]).toEqual(['schedule', 'failed']);
  });

  it('puts the chosen trigger into the address', async () => {
    show(
      <>
        <ExecutionFilters />
        <Address />
      </>,
    );
    await userEvent.click(screen.getByRole('combobox', { name: 'Trigger' }));
    await userEvent.click(await screen.findByTitle('Automation'));
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('?trigger=automation'));
  });

  it('takes two times of one’s own', async () => {
    show(
      <>
        <ExecutionFilters />
        <Address />
      </>,
    );
    await userEvent.click(screen.getByRole('combobox', { name: 'Any time' }));
    await userEvent.click(await screen.findByTitle('Between…'));
    const from = await screen.findByPlaceholderText('From', {}, { timeout: 5_000 });
    fireEvent.mouseDown(from);
    fireEvent.change(from, { target: { value: '2026-11-20 08:00' } });
    fireEvent.keyDown(from, { key: 'Enter', code: 'Enter' });
    const before = screen.getByPlaceholderText('Before');
    fireEvent.change(before, { target: { value: '2026-11-21 08:00' } });
    fireEvent.keyDown(before, { key: 'Enter', code: 'Enter' });
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('created_before'));
    const found = new URLSearchParams(screen.getByRole('status').textContent ?? '');
    const span = Date.parse(found.get('created_before') ?? '') - Date.parse(found.get('created_from') ?? '');
    expect(span).toBe(24 * 3600 * 1000);
  });
});
