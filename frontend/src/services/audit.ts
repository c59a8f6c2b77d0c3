import { http } from '@/services/http';
import type { AuditLine, Page } from '@/types/api';

export interface AuditFilter {
  actor?: string;
  user?: string;
  action?: string;
  target?: string;
  outcome?: string;
  request_id?: string;
  from?: string;
  to?: string;
}

export const audit = {
  list: (filter: AuditFilter, cursor?: string, limit = 50) =>
    http.get<Page<AuditLine>>('/users/admin/audit', { ...filter, cursor, limit }),
};
