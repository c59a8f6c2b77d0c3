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
 * Follows an execution until its `end` event. Server-sent events are read with fetch, because
 * EventSource cannot send an Authorization header; a lost connection resumes after the last id.
 */
export async function follow(id: string, follower: Follower): Promise<void> {
  let last = String(follower.after);
  let failures = 0;
  while (!follower.signal.aborted) {
    try {
      const ended = await listen(id, last, follower, (seen) => {
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

async function open(id: string, last: string, signal: AbortSignal): Promise<Response> {
  return fetch(`${BASE}/workflow/executions/${id}/events`, {
    headers: {
      Accept: 'text/event-stream',
      Authorization: `Bearer ${tokens.access() ?? ''}`,
      'Last-Event-ID': last,
    },
    signal,
  });
}

/** Reads one connection to its end; true when the execution itself ended. */
async function listen(
  id: string,
  last: string,
  { signal, onEvent, onState }: Follower,
  seen: (id: string | null) => void,
): Promise<boolean> {
  let response = await open(id, last, signal);
  if (response.status === 401 && (await renew())) response = await open(id, last, signal);
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
