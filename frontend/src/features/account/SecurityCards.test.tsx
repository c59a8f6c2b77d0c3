import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http as on } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SecurityCards } from '@/features/account/SecurityCards';
import '@/locales/account';
import { useSession } from '@/store/session';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

// Typing takes its time on a loaded machine.
vi.setConfig({ testTimeout: 20_000 });

const ME = {
  id: 'u1',
  username: 'ada',
  email: 'ada@example.com',
  totp_enabled: false,
  recovery_codes_left: 0,
  delete_at: null as string | null,
};
const SESSIONS = [
  { id: 's1', current: true, user_agent: 'Mozilla/5.0 (X11; Linux) Firefox/140.0', last_address: '192.0.2.7' },
  { id: 's2', current: false, user_agent: 'curl/8', last_address: null },
];
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

function serve(me: Partial<typeof ME> = {}) {
  server.use(
    on.get('/api/v1/users/me', () => success({ ...ME, ...me })),
    on.get('/api/v1/users/me/sessions', () => success({ items: SESSIONS, next_cursor: null })),
  );
}

beforeEach(() => useSession.setState({ state: 'in', user: ME as never }));

describe('the security of an account', () => {
  it('asks for a fresh proof when one is needed, and goes on', async () => {
    let proved: unknown;
    serve();
    server.use(
      on.post('/api/v1/users/me/totp', () =>
        proved
          ? success({ secret: 'JBSWY3DP', uri: 'otpauth://totp/x', qr_svg: '<svg/>' })
          : failure(403, 'STEP_UP_REQUIRED', { methods: ['password', 'code'] }),
      ),
      on.post('/api/v1/users/me/step-up', async ({ request }) => {
        proved = await request.json();
        return success({ fresh_until: '2026-11-25T12:00:00Z' });
      }),
    );
    show(<SecurityCards />);
    await screen.findByText('Set up an authenticator');
    await press('Set up an authenticator');
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(dialog.getByLabelText('Current password'), 'a long password');
    await userEvent.click(dialog.getByRole('button', { name: 'Continue' }));
    expect(await screen.findByText('JBSWY3DP')).toBeTruthy();
    expect(proved).toEqual({ password: 'a long password' });
  });

  it('shows recovery codes once, after the first right code', async () => {
    serve();
    server.use(
      on.post('/api/v1/users/me/totp', () => success({ secret: 'K', uri: 'u', qr_svg: '<svg/>' })),
      on.post('/api/v1/users/me/totp/confirm', () => success({ recovery_codes: ['AAAA-BBBB', 'CCCC-DDDD'] })),
    );
    show(<SecurityCards />);
    await screen.findByText('Set up an authenticator');
    await press('Set up an authenticator');
    await screen.findByText('Switch on');
    await userEvent.click(screen.getAllByLabelText('Digit 1')[0] as HTMLElement);
    await userEvent.paste('123456');
    await press('Switch on');
    expect(await screen.findByText('CCCC-DDDD')).toBeTruthy();
    await press('I have kept them');
    await waitFor(() => expect(screen.queryByText('CCCC-DDDD')).toBeNull());
  });

  it('lists sessions and ends another one, not this', async () => {
    let ended: string | undefined;
    serve();
    server.use(
      on.delete('/api/v1/users/me/sessions/:id', ({ params }) => {
        ended = String(params.id);
        return success(null);
      }),
    );
    show(<SecurityCards />);
    expect(await screen.findByText(/Firefox · Linux/)).toBeTruthy();
    expect(screen.getAllByRole('button', { name: 'Sign out' })).toHaveLength(1);
    await press('Sign out');
    await waitFor(() => expect(ended).toBe('s2'));
  });

  it('offers to keep an account that is about to go', async () => {
    let kept = false;
    serve({ delete_at: '2026-12-24T08:00:00Z' });
    server.use(
      on.delete('/api/v1/users/me/deletion', () => {
        kept = true;
        return success(null);
      }),
    );
    show(<SecurityCards />);
    await screen.findByText(/will be deleted on/);
    await press('Keep account');
    await waitFor(() => expect(kept).toBe(true));
  });
});
