import { Select, Upload } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { Sendings } from '@/components/Sendings';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { useUploads } from '@/hooks/use-uploads';
import '@/locales/files';
import { files } from '@/services/files';

interface Props {
  id?: string;
  value?: string[];
  onChange?: (ids: string[]) => void;
}

/** Chooses uploaded files, and uploads more of them. */
export default function FilePicker({ id, value = [], onChange }: Props) {
  const { t } = useTranslation();
  const { items, error, retry, more } = usePaged(rareKeys.files.all, files.list);
  let chosen = value;
  const { sending, send } = useUploads((file) => {
    chosen = [...chosen, file.id];
    onChange?.(chosen);
  });
  return (
    <div className="flex flex-col gap-2">
      <Select
        id={id}
        mode="multiple"
        value={value}
        onChange={onChange}
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('files.choose')}
        options={items?.map((file) => ({ value: file.id, label: file.name })) ?? []}
        onPopupScroll={more}
      />
      {error && <ErrorNote error={error} onRetry={retry} />}
      <Upload.Dragger
        multiple
        showUploadList={false}
        beforeUpload={(file, all) => {
          if (file === all[0]) void send(all);
          return false;
        }}
      >
        <p>{t('files.drop')}</p>
      </Upload.Dragger>
      <Sendings sending={sending} />
    </div>
  );
}
