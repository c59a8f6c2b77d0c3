import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { SignUpForm } from '@/features/auth/SignUpForm';
import { useSession } from '@/store/session';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

const USER = { id: 'u1', username: 'ada', email: 'ada@example.com' };
const box = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

beforeEach(() => useSession.setState({ state: 'out', user: null }));

async function fill() {
  await userEvent.type(box('User name'), 'ada');
  await userEvent.type(box('E-mail'), 'ada@example.com');
  await userEvent.type(box('Password'), 'a long password');
  await userEvent.click(box('Digit 1'));
  await userEvent.paste(' 12 34-56 ');
}

describe('signing up', () => {
  it('says what is missing before it asks the server', async () => {
    show(<SignUpForm />);
    await press('Sign up');
    expect(screen.getAllByText('This is needed')).toHaveLength(4);
  });

  it('does not send a code to half an address', async () => {
    show(<SignUpForm />);
    await userEvent.type(box('E-mail'), 'ada@');
    await press('Send code');
    expect(screen.getByText('Enter a complete e-mail address')).toBeTruthy();
  });

  it('spreads a pasted code over its boxes', async () => {
    show(<SignUpForm />);
    await fill();
    expect([1, 2, 3, 4, 5, 6].map((place) => box(`Digit ${place}`).value).join('')).toBe('123456');
  });

  it('tells that the code is on its way, and when to ask again', async () => {
    server.use(
      on.post('/api/v1/users/public/send-verification-code', () => success({ expires_in: 600, retry_after: 60 })),
    );
    show(<SignUpForm />);
    await press('Sign up');
    await userEvent.type(box('E-mail'), 'ada@example.com');
    await press('Send code');
    expect(await screen.findByText(/The code is on its way/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: /Again in \d+s/ }).disabled).toBe(true);
  });

  it('registers and signs in', async () => {
    let registered: unknown;
    server.use(
      on.post('/api/v1/users/auth/register', async ({ request }) => {
        registered = await request.json();
        return success({ user: USER });
      }),
      on.post('/api/v1/users/auth/login', () => success({ access_token: 'a', refresh_token: 'r', user: USER })),
    );
    show(<SignUpForm />);
    await fill();
    await press('Sign up');
    await waitFor(() => expect(useSession.getState()).toMatchObject({ state: 'in', user: USER }));
    expect(registered).toEqual({
      username: 'ada',
      email: 'ada@example.com',
      code: '123456',
      password: 'a long password',
    });
  });

  it('shows what the server says at its field', async () => {
    server.use(on.post('/api/v1/users/auth/register', () => failure(422, 'CODE_INVALID')));
    show(<SignUpForm />);
    await fill();
    await press('Sign up');
    expect(await screen.findByText('said: CODE_INVALID')).toBeTruthy();
    expect(box('Digit 1').getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
