import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { CopyId } from '@/components/CopyId';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { fileNameOf, isReadable, SHOWN, textOf } from '@/features/archive/text';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { archive } from '@/services/archive';
import type { CollectedPage } from '@/types/api';
import { saveFile } from '@/utils/save-file';
import { size } from '@/utils/size';

/** A page with its headers, and its content as text: what strangers wrote is never run. */
export function PageDrawer({ page, onClose }: { page: CollectedPage; onClose: () => void }) {
  const { t } = useTranslation();
  const download = useMutation({
    mutationFn: async () => saveFile(await archive.content(page.id), fileNameOf(page.url)),
  });
  return (
    <Drawer
      open
      title={<span className="break-all">{page.url}</span>}
      onClose={onClose}
      size={760}
      extra={
        <Button loading={download.isPending} onClick={() => download.mutate()}>
          {t('archive.download')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {download.error && <ErrorNote error={download.error} />}
        <dl className="wp-facts">
          <div>
            <dt>{t('archive.at')}</dt>
            <dd>
              <When time={page.fetched_at} />
            </dd>
          </div>
          <div>
            <dt>{t('archive.status')}</dt>
            <dd className="wp-number">{page.status}</dd>
          </div>
          <div>
            <dt>{t('archive.size')}</dt>
            <dd>{size(page.bytes)}</dd>
          </div>
          <div>
            <dt>{t('archive.charset')}</dt>
            <dd>{page.charset}</dd>
          </div>
          <div>
            <dt>{t('archive.id')}</dt>
            <dd>
              <CopyId id={page.id} />
            </dd>
          </div>
        </dl>
        <details>
          <summary className="wp-link">{t('archive.headers')}</summary>
          <ul>
            {Object.entries(page.headers).map(([name, value]) => (
              <li key={name} className="break-all">
                <code>{name}</code>: {value}
              </li>
            ))}
          </ul>
        </details>
        {isReadable(page.content_type) ? <Content page={page} /> : <p>{t('archive.binary')}</p>}
      </div>
    </Drawer>
  );
}

function Content({ page: { id, charset, bytes } }: { page: CollectedPage }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.archived(id),
    queryFn: async () => textOf(await (await archive.content(id)).arrayBuffer(), charset),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Waiting />;
  return (
    <>
      {bytes > SHOWN && <p className="wp-muted">{t('archive.cut', { size: size(SHOWN) })}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="wp-content" aria-label={t('archive.content')} tabIndex={0}>
        <pre className="wp-example">{data}</pre>
      </section>
    </>
  );
}
