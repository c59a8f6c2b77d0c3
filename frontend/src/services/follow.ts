import { ApiError } from '@/services/api-error';
import { BASE } from '@/services/http';
import { renew } from '@/services/renew';
import { type ServerEvent, SseParser } from '@/services/sse';
import { tokens } from '@/services/tokens';

export type LinkState = 'live' | 'lost' | 'ended';

export interface Follower {
  /** Sequence number after which to begin. */
  after: number;
  onEvent: (event: ServerEvent) => void;
  onState: (state: LinkState) => void;
  signal: AbortSignal;
}

const PAUSES = [500, 1000, 2000, 4000, 8000];

/**
 * Follows the events at a path of the API until the one named `end`. Server-sent events are read with fetch, because
 * EventSource cannot send an Authorization header; a lost connection resumes after the last id.
 */
export async function follow(path: string, follower: Follower): Promise<void> {
  let last = String(follower.after);
  let failures = 0;
  while (!follower.signal.aborted) {
    try {
      const ended = await listen(path, last, follower, (seen) => {
        last = seen ?? last;
        failures = 0;
      });
      if (ended) return follower.onState('ended');
    } catch (error) {
      if (follower.signal.aborted) return;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return follower.onState('ended');
    }
    if (follower.signal.aborted) return;
    follower.onState('lost');
    await pause(PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 8000, follower.signal);
    failures += 1;
  }
}

async function open(path: string, last: string, signal: AbortSignal): Promise<Response> {
  return fetch(`${BASE}${path}`, {
    headers: {
      Accept: 'text/event-stream',
      Authorization: `Bearer ${tokens.access() ?? ''}`,
      'Last-Event-ID': last,
    },
    signal,
  });
}

/** Reads one connection to its end; true when what it tells of ended. */
async function listen(
  path: string,
  last: string,
  { signal, onEvent, onState }: Follower,
  seen: (id: string | null) => void,
): Promise<boolean> {
  let response = await open(path, last, signal);
  if (response.status === 401 && (await renew())) response = await open(path, last, signal);
  if (!response.ok || !response.body) throw ApiError.of(null, response.status, null);
  onState('live');
  const parser = new SseParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const event of parser.push(piece.value)) {
      seen(event.id);
      onEvent(event);
      if (event.event === 'end') return true;
    }
  }
  return false;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
