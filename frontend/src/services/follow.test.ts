import { HttpResponse, http as on } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { follow, type LinkState } from '@/services/follow';
import { tokens } from '@/services/tokens';
import { failure, server, success } from '@/testing/server';

const stream = (text: string) => new HttpResponse(text, { headers: { 'content-type': 'text/event-stream' } });
const event = (id: number, kind: string) => `id: ${id}\nevent: ${kind}\ndata: {}\n\n`;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 200 });
  tokens.keep('access', 'refresh');
});
afterEach(() => vi.useRealTimers());

async function followed(after = 0, stop = new AbortController()) {
  const events: string[] = [];
  const states: LinkState[] = [];
  await follow('/workflow/executions/x/events', {
    after,
    onEvent: ({ event: kind }) => events.push(kind),
    onState: (state) => states.push(state),
    signal: stop.signal,
  });
  return { events, states };
}

describe('following an execution', () => {
  it('ends with its end', async () => {
    server.use(on.get('/api/v1/workflow/executions/x/events', () => stream(event(1, 'started') + event(2, 'end'))));
    expect(await followed()).toEqual({ events: ['started', 'end'], states: ['live', 'ended'] });
  });

  it('goes on after the last event when the connection breaks', async () => {
    const asked: (string | null)[] = [];
    server.use(
      on.get('/api/v1/workflow/executions/x/events', ({ request }) => {
        asked.push(request.headers.get('last-event-id'));
        return stream(asked.length === 1 ? event(5, 'started') + event(6, 'done') : event(7, 'end'));
      }),
    );
    const { events, states } = await followed(4);
    expect(asked).toEqual(['4', '6']);
    expect(events).toEqual(['started', 'done', 'end']);
    expect(states).toEqual(['live', 'lost', 'live', 'ended']);
  });

  it('renews its token', async () => {
    server.use(
      on.get('/api/v1/workflow/executions/x/events', ({ request }) =>
        request.headers.get('authorization') === 'Bearer fresh'
          ? stream(event(1, 'end'))
          : failure(401, 'TOKEN_EXPIRED'),
      ),
      on.post('/api/v1/users/auth/refresh', () =>
        success({ access_token: 'fresh', refresh_token: 'refresh-2', user: { id: 'u1' } }),
      ),
    );
    expect((await followed()).events).toEqual(['end']);
  });

  it('gives up on what is not there, and not on a server that is away', async () => {
    let asked = 0;
    server.use(
      on.get('/api/v1/workflow/executions/x/events', () => {
        asked += 1;
        return asked === 1 ? failure(503, 'UNAVAILABLE') : failure(404, 'NOT_FOUND');
      }),
    );
    expect(await followed()).toEqual({ events: [], states: ['lost', 'ended'] });
    expect(asked).toBe(2);
  });

  it('stops when the page is left', async () => {
    const stop = new AbortController();
    server.use(
      on.get('/api/v1/workflow/executions/x/events', () => {
        setTimeout(() => stop.abort(), 300);
        return HttpResponse.error();
      }),
    );
    expect((await followed(0, stop)).states).toEqual(['lost']);
  });
});
