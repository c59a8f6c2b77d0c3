import DownloadOutlined from '@ant-design/icons/DownloadOutlined';
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { datasets, type ExportFormat } from '@/services/datasets';
import { saveFile } from '@/utils/save-file';

const FORMATS: { format: ExportFormat; text: string }[] = [
  { format: 'csv', text: 'data.exportCsv' },
  { format: 'jsonl', text: 'data.exportJsonl' },
];

/** Downloads the whole dataset; a plain link could not carry the access token. */
export function ExportButtons({ name }: { name: string }) {
  const { t } = useTranslation();
  const download = useMutation({
    mutationFn: async (format: ExportFormat) => saveFile(await datasets.export(name, format), `${name}.${format}`),
  });
  return (
    <>
      {FORMATS.map(({ format, text }) => (
        <Button
          key={format}
          icon={<DownloadOutlined aria-hidden />}
          loading={download.isPending && download.variables === format}
          onClick={() => download.mutate(format)}
        >
          {t(text)}
        </Button>
      ))}
      {download.error && <ErrorNote error={download.error} />}
    </>
  );
}
