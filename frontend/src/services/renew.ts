import axios from 'axios';
import { tokens } from '@/services/tokens';
import type { Envelope, SignedIn, User } from '@/types/api';

type Listener = (user: User | null) => void;

let listener: Listener = () => {};
let flight: Promise<boolean> | null = null;

/** Tells of every renewed (the user) and every ended session (null). */
export function onSession(next: Listener) {
  listener = next;
}

/**
 * Exchanges the refresh token. Calls made while one is under way share its outcome: a refresh
 * token that is used twice would end the session.
 */
export function renew(): Promise<boolean> {
  flight ??= exchange().finally(() => {
    flight = null;
  });
  return flight;
}

async function exchange(): Promise<boolean> {
  const refreshToken = tokens.refresh();
  if (!refreshToken) {
    end();
    return false;
  }
  try {
    const answer = await request(refreshToken);
    if (answer.status === 200) {
      const { access_token, refresh_token, user } = answer.data.data;
      tokens.keep(access_token, refresh_token);
      listener(user);
      return true;
    }
    // Only a refusal ends the session; a server that is away may come back.
    if (answer.status === 401 || answer.status === 403 || answer.status === 422) end();
    return false;
  } catch {
    return false;
  }
}

function request(refreshToken: string) {
  return axios.post<Envelope<SignedIn>>(
    '/api/v1/users/auth/refresh',
    { refresh_token: refreshToken },
    { timeout: 30_000, validateStatus: () => true },
  );
}

function end() {
  tokens.forget();
  listener(null);
}
