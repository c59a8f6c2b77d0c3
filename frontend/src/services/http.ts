import axios, { type AxiosProgressEvent, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { ApiError } from '@/services/api-error';
import { language } from '@/services/language';
import { renew } from '@/services/renew';
import { tokens } from '@/services/tokens';
import { answered, unanswered } from '@/store/connection';
import type { Envelope } from '@/types/api';

export const BASE = '/api/v1';

/** Answers of any status come back; `send` judges them. Nobody is known by a cookie, so none is read. */
const client = axios.create({ baseURL: BASE, timeout: 30_000, xsrfCookieName: '', validateStatus: () => true });

const PUBLIC = ['/users/auth/login', '/users/auth/register', '/users/public/'];

function headers(config: AxiosRequestConfig): Record<string, string> {
  const access = tokens.access();
  return {
    'Accept-Language': language(),
    ...(config.headers as Record<string, string> | undefined),
    ...(access ? { Authorization: `Bearer ${access}` } : {}),
  };
}

async function attempt(config: AxiosRequestConfig): Promise<AxiosResponse> {
  try {
    const response = await client.request({ ...config, headers: headers(config) });
    answered(requestIdOf(response));
    return response;
  } catch {
    unanswered();
    throw ApiError.unreachable();
  }
}

/** Sends; an expired access token is renewed once, whoever else asks at the same time. */
async function send(config: AxiosRequestConfig): Promise<AxiosResponse> {
  const open = PUBLIC.some((path) => config.url?.startsWith(path));
  if (!open && !tokens.access() && tokens.refresh()) await renew();
  const sent = tokens.access();
  const first = await attempt(config);
  const response = first.status === 401 && !open && (await renewed(sent)) ? await attempt(config) : first;
  if (response.status >= 400) {
    throw ApiError.of(await bodyOf(response), response.status, requestIdOf(response));
  }
  return response;
}

/** Whether there is a newer access token than `sent`: another request may have fetched it. */
async function renewed(sent: string | null): Promise<boolean> {
  return tokens.access() !== sent || renew();
}

async function bodyOf(response: AxiosResponse): Promise<unknown> {
  if (!(response.data instanceof Blob)) return response.data;
  try {
    return JSON.parse(await response.data.text());
  } catch {
    return null;
  }
}

function requestIdOf(response: AxiosResponse): string | null {
  const id: unknown = response.headers['x-request-id'];
  return typeof id === 'string' ? id : null;
}

async function unwrap<T>(config: AxiosRequestConfig): Promise<T> {
  const response = await send(config);
  const body = response.data as Envelope<T> | undefined;
  if (body?.success !== true) throw ApiError.of(body, response.status, requestIdOf(response));
  return body.data;
}

/** As `send`, for an answer that is read while it comes; axios waits for all of it. */
async function open(path: string, signal: AbortSignal): Promise<Response> {
  if (!tokens.access() && tokens.refresh()) await renew();
  const ask = () =>
    fetch(`${BASE}${path}`, { headers: headers({}), signal }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      unanswered();
      throw ApiError.unreachable();
    });
  const sent = tokens.access();
  const first = await ask();
  const response = first.status === 401 && (await renewed(sent)) ? await ask() : first;
  const id = response.headers.get('x-request-id');
  answered(id);
  if (!response.ok) throw ApiError.of(await response.json().catch(() => null), response.status, id);
  return response;
}

type Query = Record<string, string | number | undefined>;
type Progress = (event: AxiosProgressEvent) => void;

export const http = {
  get: <T>(url: string, params?: Query, headers?: Record<string, string>) =>
    unwrap<T>({ method: 'get', url, params, headers }),
  /** `unique` names the wish, so that a repeated POST does it once. */
  post: <T>(url: string, data: unknown = {}, unique?: string) =>
    unwrap<T>({ method: 'post', url, data, headers: unique ? { 'Idempotency-Key': unique } : {} }),
  put: <T>(url: string, data: unknown) => unwrap<T>({ method: 'put', url, data }),
  delete: <T>(url: string) => unwrap<T>({ method: 'delete', url }),
  /** Sends a file as it is. */
  upload: <T>(url: string, data: Blob, params: Query, onUploadProgress?: Progress) =>
    unwrap<T>({
      method: 'post',
      url,
      data,
      params,
      timeout: 0,
      onUploadProgress,
      headers: { 'Content-Type': data.type },
    }),
  /** The bytes of an answer as they come. */
  async *stream(url: string, params: Query, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const given = Object.entries(params).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const response = await open(`${url}?${new URLSearchParams(given)}`, signal);
    const reader = response.body?.getReader();
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) yield piece.value;
  },
  async blob(url: string, params?: Query): Promise<Blob> {
    const response = await send({ method: 'get', url, params, responseType: 'blob', timeout: 0 });
    return response.data as Blob;
  },
};
