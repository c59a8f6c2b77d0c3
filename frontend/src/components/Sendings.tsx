import { Progress } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import type { Sending } from '@/hooks/use-uploads';

/** How far each file is, and why one was refused. */
export function Sendings({ sending }: { sending: Sending[] }) {
  return (
    <ul className="flex flex-col gap-1" aria-live="polite">
      {sending.map(({ name, share, error }, place) => (
        <li key={place}>
          <span className="break-all">{name}</span>
          {error ? (
            <ErrorNote error={error} />
          ) : (
            <Progress size="small" percent={Math.round(share * 100)} aria-label={name} />
          )}
        </li>
      ))}
    </ul>
  );
}
