import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';

/** How an expression spells it; one click copies that. */
export function Spelling({ path }: { path: string }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const text = `\${{ ${path} }}`;
  return (
    <button type="button" className="wp-id" title={`${text} · ${t('common.copy')}`} onClick={() => copy(text)}>
      {copied ? t('common.copied') : text}
    </button>
  );
}
