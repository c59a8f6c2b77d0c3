import { HttpResponse, http as on } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/services/api-error';
import { http } from '@/services/http';
import { speak } from '@/services/language';
import { onSession } from '@/services/renew';
import { tokens } from '@/services/tokens';
import { failure, server, success } from '@/testing/server';

const USER = { id: 'u1', username: 'ada' };

const refusal = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof ApiError)) throw new Error('it was not refused');
  return error;
};

/** A server that takes `fresh` only, and renews with `refresh-1`. Counts renewals. */
function renewing() {
  const counts = { renewals: 0, refused: 0 };
  server.use(
    on.get('/api/v1/things', ({ request }) => {
      if (request.headers.get('authorization') === 'Bearer fresh') return success('things');
      counts.refused += 1;
      return failure(401, 'TOKEN_EXPIRED');
    }),
    on.post('/api/v1/users/auth/refresh', async ({ request }) => {
      counts.renewals += 1;
      const { refresh_token } = (await request.json()) as { refresh_token: string };
      if (refresh_token !== 'refresh-1') return failure(401, 'REFRESH_TOKEN_INVALID');
      return success({ access_token: 'fresh', refresh_token: 'refresh-2', user: USER });
    }),
  );
  return counts;
}

describe('a request', () => {
  it('gives what is inside the envelope', async () => {
    server.use(on.get('/api/v1/things', () => success({ items: [1] })));
    expect(await http.get('/things')).toEqual({ items: [1] });
  });

  it('says its language, its query and who asks', async () => {
    tokens.keep('access', 'refresh');
    speak('zh-CN');
    let seen: Request | undefined;
    server.use(
      on.get('/api/v1/things', ({ request }) => {
        seen = request;
        return success(null);
      }),
    );
    await http.get('/things', { limit: 5, cursor: undefined });
    expect(seen?.headers.get('accept-language')).toBe('zh-CN');
    expect(seen?.headers.get('authorization')).toBe('Bearer access');
    expect(new URL(seen?.url ?? '').search).toBe('?limit=5');
  });

  it('fails with code, message, fields and request id', async () => {
    server.use(on.post('/api/v1/things', () => failure(422, 'VALIDATION_ERROR', { name: ['too long', 'odd'] })));
    const error = await refusal(http.post('/things', {}));
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: 'said: VALIDATION_ERROR', status: 422 });
    expect(error.requestId).toBe('req_2');
    expect(error.fields()).toEqual({ name: 'too long' });
  });

  it('fails with the status when something in between answers', async () => {
    server.use(
      on.get(
        '/api/v1/things',
        () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502, headers: { 'x-request-id': 'req_3' } }),
      ),
    );
    expect(await refusal(http.get('/things'))).toMatchObject({ code: 'HTTP_502', requestId: 'req_3' });
  });

  it('fails as unreachable without an answer', async () => {
    server.use(on.get('/api/v1/things', () => HttpResponse.error()));
    expect(await refusal(http.get('/things'))).toMatchObject({ code: ApiError.UNREACHABLE, status: 0 });
  });

  it('names the wish of a repeated POST', async () => {
    let key: string | null = null;
    server.use(
      on.post('/api/v1/things', ({ request }) => {
        key = request.headers.get('idempotency-key');
        return success(null);
      }),
    );
    await http.post('/things', {}, 'once');
    expect(key).toBe('once');
  });
});

describe('an expired access token', () => {
  it('is renewed once for all who notice at the same time', async () => {
    tokens.keep('old', 'refresh-1');
    const counts = renewing();
    const users: unknown[] = [];
    onSession((user) => users.push(user));
    expect(await Promise.all([1, 2, 3].map(() => http.get('/things')))).toEqual(['things', 'things', 'things']);
    expect(counts).toEqual({ renewals: 1, refused: 3 });
    expect([tokens.access(), tokens.refresh()]).toEqual(['fresh', 'refresh-2']);
    expect(users).toEqual([USER]);
  });

  it('is fetched before the first request after a page load', async () => {
    localStorage.setItem('wp.refresh_token', 'refresh-1');
    const counts = renewing();
    expect(await http.get('/things')).toBe('things');
    expect(counts).toEqual({ renewals: 1, refused: 0 });
  });

  it('ends the session when the refresh token is refused', async () => {
    tokens.keep('old', 'stolen');
    renewing();
    const listener = vi.fn();
    onSession(listener);
    expect(await refusal(http.get('/things'))).toMatchObject({ status: 401, code: 'TOKEN_EXPIRED' });
    expect(listener).toHaveBeenCalledExactlyOnceWith(null);
    expect(tokens.refresh()).toBeNull();
  });

  it('keeps the session while the server is away', async () => {
    tokens.keep('old', 'refresh-1');
    renewing();
    server.use(on.post('/api/v1/users/auth/refresh', () => failure(503, 'UNAVAILABLE')));
    const listener = vi.fn();
    onSession(listener);
    await refusal(http.get('/things'));
    expect(listener).not.toHaveBeenCalled();
    expect(tokens.refresh()).toBe('refresh-1');
  });

  it('is not renewed for a wrong password', async () => {
    tokens.keep('old', 'refresh-1');
    const counts = renewing();
    server.use(on.post('/api/v1/users/auth/login', () => failure(401, 'WRONG_CREDENTIALS')));
    await refusal(http.post('/users/auth/login', {}));
    expect(counts.renewals).toBe(0);
  });
});
