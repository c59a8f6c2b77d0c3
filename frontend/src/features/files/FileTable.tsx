import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Upload } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { Sendings } from '@/components/Sendings';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { useUploads } from '@/hooks/use-uploads';
import { files } from '@/services/files';
import type { UploadedFile } from '@/types/api';
import { saveFile } from '@/utils/save-file';
import { size } from '@/utils/size';

/** Files for steps that read saved pages, and a place to drop more. */
export function FileTable() {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.files.all, files.list);
  const { sending, send } = useUploads();
  const columns: Column<UploadedFile>[] = [
    { key: 'name', title: t('files.name'), render: (row) => <Name file={row} /> },
    { key: 'id', title: t('files.id'), wide: true, render: (row) => <CopyId id={row.id} /> },
    { key: 'size', title: t('files.size'), align: 'right', wide: true, render: (row) => size(row.bytes) },
    { key: 'type', title: t('files.type'), wide: true, render: (row) => row.media_type },
    { key: 'at', title: t('files.uploaded'), wide: true, render: (row) => <When time={row.created_at} /> },
    { key: 'until', title: t('files.until'), wide: true, render: (row) => <When time={row.expires_at} /> },
    { key: 'remove', title: '', align: 'right', render: (row) => <Remove file={row} /> },
  ];
  return (
    <>
      <div>
        <Upload.Dragger
          multiple
          showUploadList={false}
          beforeUpload={(file, all) => {
            if (file === all[0]) void send(all);
            return false;
          }}
        >
          <p>{t('files.drop')}</p>
          <p className="wp-muted">{t('files.note')}</p>
        </Upload.Dragger>
      </div>
      <Sendings sending={sending} />
      <DataTable
        label={t('files.title')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={
          <EmptyState title={t('files.none')} text={t('files.noneText')}>
            <LinkButton to="/workflows/templates">{t('files.toTemplates')}</LinkButton>
          </EmptyState>
        }
      />
    </>
  );
}

/** Downloads the file; a plain link could not carry the access token. */
function Name({ file }: { file: UploadedFile }) {
  const { t } = useTranslation();
  const download = useMutation({ mutationFn: async () => saveFile(await files.content(file.id), file.name) });
  return (
    <>
      <Button
        type="link"
        className="wp-clip"
        loading={download.isPending}
        aria-label={t('files.download', { name: file.name })}
        onClick={() => download.mutate()}
      >
        {file.name}
      </Button>
      {download.error && <ErrorNote error={download.error} />}
    </>
  );
}

function Remove({ file }: { file: UploadedFile }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => files.remove(file.id),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.files.all }),
  });
  return (
    <AskOnce
      danger
      button={t('common.delete')}
      title={t('common.deleteTitle', { name: file.name })}
      text={t('files.removeText')}
      action={action}
    />
  );
}
