import type { ErrorEnvelope, Json, Problem } from '@/types/api';

/** A failure as the API tells it. `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly requestId: string | null,
    readonly details: Json,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  static readonly UNREACHABLE = 'UNREACHABLE';

  static unreachable(): ApiError {
    return new ApiError(ApiError.UNREACHABLE, '', 0, null, null);
  }

  static of(body: unknown, status: number, requestId: string | null): ApiError {
    if (isErrorEnvelope(body)) {
      return new ApiError(body.error, body.message, status, body.request_id, body.details ?? null);
    }
    return new ApiError(`HTTP_${status}`, '', status, requestId, null);
  }

  /** Messages by field name, of a 422. */
  fields(): Record<string, string> {
    const found: Record<string, string> = {};
    if (typeof this.details !== 'object' || this.details === null || Array.isArray(this.details)) return found;
    for (const [name, value] of Object.entries(this.details)) {
      const first = Array.isArray(value) ? value[0] : value;
      if (typeof first === 'string') found[name] = first;
    }
    return found;
  }

  /** Problems of a refused workflow definition. */
  problems(): Problem[] {
    const details = this.details as { problems?: Problem[] } | null;
    return Array.isArray(details?.problems) ? details.problems : [];
  }
}

function isErrorEnvelope(body: unknown): body is ErrorEnvelope {
  return typeof body === 'object' && body !== null && 'error' in body && 'message' in body;
}
