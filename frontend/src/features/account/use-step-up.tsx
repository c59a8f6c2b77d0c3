import { type ReactNode, useState } from 'react';
import { ProveDialog } from '@/features/account/ProveDialog';
import { ApiError } from '@/services/api-error';

interface Waiting {
  methods: string[];
  go: () => void;
  stop: (error: Error) => void;
  error: Error;
}

/** What would do as a proof, when that is what an error asks for. */
function methodsOf(error: unknown): string[] | null {
  if (!(error instanceof ApiError) || error.code !== 'STEP_UP_REQUIRED') return null;
  const { methods } = (error.details ?? {}) as { methods?: string[] };
  return methods ?? [];
}

/**
 * Runs requests that may want a fresh proof: when one does, the dialog asks for it, and the
 * request is made again. Closing the dialog ends it with its refusal.
 */
export function useStepUp(): [<T>(request: () => Promise<T>) => Promise<T>, ReactNode] {
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const guard = async <T,>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      const methods = methodsOf(error);
      if (!methods) throw error;
      await new Promise<void>((go, stop) => setWaiting({ methods, go, stop, error: error as Error }));
      return request();
    }
  };
  const dialog = waiting && (
    <ProveDialog
      methods={waiting.methods}
      onDone={() => {
        setWaiting(null);
        waiting.go();
      }}
      onClose={() => {
        setWaiting(null);
        waiting.stop(waiting.error);
      }}
    />
  );
  return [guard, dialog];
}
