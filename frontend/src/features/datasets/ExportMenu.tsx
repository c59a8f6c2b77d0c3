import DownloadOutlined from '@ant-design/icons/DownloadOutlined';
import { useMutation } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useRef, useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { useRecordQuery } from '@/features/datasets/filter';
import { useTranslation } from '@/hooks/use-translation';
import { datasets, type ExportFormat, type RecordQuery } from '@/services/datasets';
import type { Progress } from '@/services/pieces';
import { exact } from '@/utils/format';
import { saveFile } from '@/utils/save-file';

const FORMATS: ExportFormat[] = ['csv', 'xlsx', 'jsonl', 'parquet'];

/** Downloads all records, or those that are found; a plain link could not carry the access token. */
export function ExportMenu({ name }: { name: string }) {
  const { t, i18n } = useTranslation();
  const { query } = useRecordQuery();
  const [progress, onProgress] = useState<Progress | null>(null);
  const stop = useRef(new AbortController());
  const download = useMutation({
    mutationFn: async ({ format, only }: { format: ExportFormat; only: RecordQuery }) => {
      stop.current = new AbortController();
      onProgress(null);
      const file = await datasets.export(name, format, only, { onProgress, signal: stop.current.signal });
      if (file) saveFile(file, `${name}.${format}`);
    },
  });
  const told = ({ records, total, about }: Progress) => {
    const done = exact(records, i18n.language);
    if (total === null && about === null) return t('dataset.exported', { done });
    const of = total ?? about ?? 0;
    // What was only estimated is not done before the file is.
    const share = of === 0 ? 1 : Math.min(total === null ? 0.99 : 1, records / of);
    const percent = share.toLocaleString(i18n.language, { style: 'percent' });
    if (total !== null) return t('dataset.exportedOf', { done, total: exact(of, i18n.language), percent });
    return t('dataset.exportedOfAbout', { done, total: exact(rounded(of), i18n.language), percent });
  };
  const entries = (group: string, only: RecordQuery) =>
    FORMATS.map((format) => ({
      key: `${group} ${format}`,
      label: t(`dataset.formats.${format}`),
      onClick: () => download.mutate({ format, only }),
    }));
  const all = entries('all', {});
  const found = {
    key: 'found',
    type: 'group' as const,
    label: t('dataset.exportFound'),
    children: entries('found', query),
  };
  const whole = { key: 'all', type: 'group' as const, label: t('dataset.exportAll'), children: all };
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{ items: query.search || query.filter || query.columns ? [found, whole] : all }}
      >
        <Button icon={<DownloadOutlined aria-hidden />} loading={download.isPending}>
          {download.isPending && progress ? told(progress) : t('dataset.export')}
        </Button>
      </Dropdown>
      {download.isPending && (
        <>
          {progress && <Bar of={progress} />}
          <Button onClick={() => stop.current.abort()}>{t('dataset.exportStop')}</Button>
        </>
      )}
      {download.error && <ErrorNote error={download.error} />}
    </>
  );
}

function Bar({ of: { records, total, about } }: { of: Progress }) {
  const { t } = useTranslation();
  const max = total ?? about;
  return max ? <progress aria-label={t('dataset.exportProgress')} value={records} max={max} /> : null;
}

/** An estimate says no more digits than it knows. */
const rounded = (about: number) => Number(about.toPrecision(2));
