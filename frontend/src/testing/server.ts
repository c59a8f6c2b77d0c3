import { HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

/** Answers requests of tests; each test adds its handlers. */
export const server = setupServer();

/** The envelope around a success. */
export const success = (data: unknown) =>
  HttpResponse.json({ success: true, data, message: 'done', request_id: 'req_1', timestamp: '2026-11-23T08:00:00Z' });

/** The envelope around a failure. */
export const failure = (status: number, error: string, details: Record<string, unknown> | null = null) =>
  HttpResponse.json(
    {
      success: false,
      error,
      message: `said: ${error}`,
      details,
      request_id: 'req_2',
      timestamp: '2026-11-23T08:00:00Z',
    },
    { status },
  );
