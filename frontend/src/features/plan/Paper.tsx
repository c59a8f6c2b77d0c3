import DownloadOutlined from '@ant-design/icons/DownloadOutlined';
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { useTranslation } from '@/hooks/use-translation';
import { plans } from '@/services/plans';
import { saveFile } from '@/utils/save-file';

interface Props {
  kind: 'invoices' | 'credit-notes';
  id: string;
  /** Of the document; the file is called so. */
  number: string;
  size?: 'small';
}

/** Downloads an invoice or a credit note as PDF. */
export function Paper({ kind, id, number, size }: Props) {
  const { t } = useTranslation();
  const fetched = useMutation({
    mutationFn: () => plans.paper(kind, id),
    onSuccess: (paper) => saveFile(paper, `${number}.pdf`),
  });
  return (
    <>
      <Button
        size={size}
        icon={<DownloadOutlined aria-hidden />}
        aria-label={t('billing.paperOf', { number })}
        loading={fetched.isPending}
        onClick={() => fetched.mutate()}
      >
        PDF
      </Button>
      {fetched.error && <ErrorNote error={fetched.error} />}
    </>
  );
}
