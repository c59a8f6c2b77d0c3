import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import { shortId } from '@/utils/format';

/** A shortened id; one click copies the whole. */
export function CopyId({ id }: { id: string }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <button type="button" className="wp-id" title={`${id} · ${t('common.copy')}`} onClick={() => copy(id)}>
      {copied ? t('common.copied') : shortId(id)}
    </button>
  );
}
