import { http } from '@/services/http';
import type { Delivery, DeliveryDetail, Endpoint, EndpointWish, NewEndpoint, Page } from '@/types/api';

const ROOT = '/webhooks';

export const webhooks = {
  list: (cursor?: string) => http.get<Page<Endpoint>>(ROOT, { cursor, limit: 50 }),
  show: (id: string) => http.get<Endpoint>(`${ROOT}/${id}`),
  create: (wish: EndpointWish) => http.post<NewEndpoint>(ROOT, wish),
  change: (id: string, wish: EndpointWish) => http.put<Endpoint>(`${ROOT}/${id}`, wish),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  rotate: (id: string) => http.post<NewEndpoint>(`${ROOT}/${id}/rotate-secret`),
  test: (id: string) => http.post<Delivery>(`${ROOT}/${id}/test`),
  deliveries: (id: string, cursor?: string) =>
    http.get<Page<Delivery>>(`${ROOT}/${id}/deliveries`, { cursor, limit: 50 }),
  delivery: (id: string, delivery: string) => http.get<DeliveryDetail>(`${ROOT}/${id}/deliveries/${delivery}`),
  again: (id: string, delivery: string) => http.post<Delivery>(`${ROOT}/${id}/deliveries/${delivery}/redeliver`),
};
