import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { ResetForm } from '@/features/auth/ResetForm';
import { useSession } from '@/store/session';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

const USER = { id: 'u1', username: 'ada', email: 'ada@example.com' };
const box = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

beforeEach(() => useSession.setState({ state: 'out', user: null }));

async function fill() {
  await userEvent.type(box('E-mail'), 'ada@example.com');
  await userEvent.type(box('New password'), 'a long password');
  await userEvent.click(box('Digit 1'));
  await userEvent.paste('123456');
}

describe('resetting a password', () => {
  it('asks for a code to reset, and does not say whether there is an account', async () => {
    let asked: unknown;
    server.use(
      on.post('/api/v1/users/public/send-verification-code', async ({ request }) => {
        asked = await request.json();
        return success({ expires_in: 600, retry_after: 60 });
      }),
    );
    show(<ResetForm />);
    await userEvent.type(box('E-mail'), 'ada@example.com');
    await press('Send code');
    expect(await screen.findByText(/If the address has an account/)).toBeTruthy();
    expect(asked).toEqual({ email: 'ada@example.com', purpose: 'reset_password' });
  });

  it('sets the password and signs in', async () => {
    let reset: unknown;
    server.use(
      on.post('/api/v1/users/auth/reset-password', async ({ request }) => {
        reset = await request.json();
        return success(null);
      }),
      on.post('/api/v1/users/auth/login', () => success({ access_token: 'a', refresh_token: 'r', user: USER })),
    );
    show(<ResetForm />);
    await fill();
    await press('Set password');
    await waitFor(() => expect(useSession.getState()).toMatchObject({ state: 'in', user: USER }));
    expect(reset).toEqual({ email: 'ada@example.com', code: '123456', new_password: 'a long password' });
  });

  it('shows what the server says of the new password at its field', async () => {
    server.use(
      on.post('/api/v1/users/auth/reset-password', () =>
        failure(422, 'VALIDATION_ERROR', { new_password: ['is too easy to guess'] }),
      ),
    );
    show(<ResetForm />);
    await fill();
    await press('Set password');
    expect(await screen.findByText('is too easy to guess')).toBeTruthy();
    expect(box('New password').getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
