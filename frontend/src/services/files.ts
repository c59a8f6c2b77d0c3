import { http } from '@/services/http';
import type { Page, UploadedFile } from '@/types/api';

const MEDIA = 'application/octet-stream';

/** Files that were uploaded for steps to read. */
export const files = {
  list: (cursor?: string) => http.get<Page<UploadedFile>>('/files', { cursor, limit: 50 }),
  upload: (file: File, onShare: (share: number) => void) =>
    http.upload<UploadedFile>('/files', new Blob([file], { type: MEDIA }), { name: file.name }, ({ progress }) =>
      onShare(progress ?? 0),
    ),
  content: (id: string) => http.blob(`/files/${id}/content`),
  remove: (id: string) => http.delete<null>(`/files/${id}`),
};
