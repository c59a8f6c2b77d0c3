import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rareKeys } from '@/hooks/rare-keys';
import { files } from '@/services/files';
import type { UploadedFile } from '@/types/api';

export interface Sending {
  name: string;
  share: number;
  error: unknown;
}

/** Sends files one after the other, and tells how far each is. */
export function useUploads(onKept?: (file: UploadedFile) => void) {
  const client = useQueryClient();
  const [sending, setSending] = useState<Sending[]>([]);
  const send = async (chosen: File[]) => {
    setSending(chosen.map(({ name }) => ({ name, share: 0, error: null })));
    const tell = (place: number, change: Partial<Sending>) =>
      setSending((now) => now.map((one, index) => (index === place ? { ...one, ...change } : one)));
    for (const [place, file] of chosen.entries()) {
      try {
        const kept = await files.upload(file, (share) => tell(place, { share }));
        onKept?.(kept);
        tell(place, { share: 1 });
      } catch (error) {
        tell(place, { error });
      }
    }
    await client.invalidateQueries({ queryKey: rareKeys.files.all });
  };
  return { sending, send };
}
