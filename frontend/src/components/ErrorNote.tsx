import { Button } from 'antd';
import { Note } from '@/components/Note';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import { ApiError } from '@/services/api-error';

export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return t('error.unexpected');
    if (error.code === ApiError.UNREACHABLE) return t('error.unreachable');
    return error.message || t('error.status', { status: error.status });
  };
}

function RequestId({ id }: { id: string }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <span className="flex flex-wrap items-center gap-1 text-xs">
      <span>{t('error.requestId')}</span>
      <code className="break-all">{id}</code>
      <Button size="small" type="text" onClick={() => copy(id)}>
        {copied ? t('common.copied') : t('common.copy')}
      </Button>
    </span>
  );
}

/** A failure: what it is, its request id, and a way to try again. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText()(error);
  const id = error instanceof ApiError ? error.requestId : null;
  const retry = onRetry && (
    <Button size="small" onClick={onRetry}>
      {t('common.retry')}
    </Button>
  );
  return (
    <Note kind="error" title={text} action={retry}>
      {id && <RequestId id={id} />}
    </Note>
  );
}
