import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SignInForm } from '@/features/auth/SignInForm';
import { useSession } from '@/store/session';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

// Typing takes its time on a loaded machine.
vi.setConfig({ testTimeout: 20_000 });

const USER = { id: 'u1', username: 'ada', email: 'ada@example.com' };
const box = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

/** Answers as a server does whose user has an authenticator; keeps what was sent. */
function enrolled(right: Record<string, string>) {
  const sent: Record<string, unknown>[] = [];
  server.use(
    on.post('/api/v1/users/auth/login', async ({ request }) => {
      const body = (await request.json()) as Record<string, unknown>;
      sent.push(body);
      const [[name, value]] = Object.entries(right) as [[string, string]];
      if (body[name] === value) return success({ access_token: 'a', refresh_token: 'r', user: USER });
      return failure(401, 'totp' in body || 'recovery_code' in body ? 'TOTP_INVALID' : 'TOTP_REQUIRED');
    }),
  );
  return sent;
}

async function password() {
  show(<SignInForm />);
  await userEvent.type(box('User name or e-mail'), 'ada');
  await userEvent.type(box('Password'), 'a long password');
  await press('Sign in');
  await screen.findByText('Code from your authenticator');
}

beforeEach(() => useSession.setState({ state: 'out', user: null }));

describe('signing in with a second factor', () => {
  it('asks for the code and sends a pasted one at once', async () => {
    const sent = enrolled({ totp: '123456' });
    await password();
    await userEvent.click(box('Digit 1'));
    await userEvent.paste(' 123 456 ');
    await waitFor(() => expect(useSession.getState()).toMatchObject({ state: 'in', user: USER }));
    expect(sent).toEqual([
      { identifier: 'ada', password: 'a long password' },
      { identifier: 'ada', password: 'a long password', totp: '123456' },
    ]);
  });

  it('says that a code is wrong and empties the boxes', async () => {
    enrolled({ totp: '123456' });
    await password();
    await userEvent.click(box('Digit 1'));
    await userEvent.paste('654321');
    expect(await screen.findByText('said: TOTP_INVALID')).toBeTruthy();
    expect(box('Digit 1').value).toBe('');
  });

  it('takes a recovery code instead', async () => {
    enrolled({ recovery_code: 'ABCD-EFGH' });
    await password();
    await press('Use a recovery code instead');
    await userEvent.type(box('Recovery code'), 'ABCD-EFGH');
    await press('Continue');
    await waitFor(() => expect(useSession.getState().state).toBe('in'));
  });

  it('goes back to the password', async () => {
    enrolled({ totp: '123456' });
    await password();
    await press('Back to the password');
    expect(box('Password').value).toBe('a long password');
  });
});
