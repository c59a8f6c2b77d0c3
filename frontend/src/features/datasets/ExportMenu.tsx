import DownloadOutlined from '@ant-design/icons/DownloadOutlined';
import { useMutation } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { useRecordQuery } from '@/features/datasets/filter';
import { datasets, type ExportFormat, type RecordQuery } from '@/services/datasets';
import { saveFile } from '@/utils/save-file';
import { size } from '@/utils/size';

const FORMATS: ExportFormat[] = ['csv', 'xlsx', 'jsonl', 'parquet'];

/** Downloads all records, or those that are found; a plain link could not carry the access token. */
export function ExportMenu({ name }: { name: string }) {
  const { t } = useTranslation();
  const { query } = useRecordQuery();
  const [bytes, setBytes] = useState(0);
  const download = useMutation({
    mutationFn: async ({ format, only }: { format: ExportFormat; only: RecordQuery }) => {
      setBytes(0);
      saveFile(await datasets.export(name, format, only, setBytes), `${name}.${format}`);
    },
  });
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
          {download.isPending && bytes > 0 ? t('dataset.exported', { size: size(bytes) }) : t('dataset.export')}
        </Button>
      </Dropdown>
      {download.error && <ErrorNote error={download.error} />}
    </>
  );
}
