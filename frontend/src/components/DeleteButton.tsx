import type { UseMutationResult } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  name: string;
  text: string;
  remove: UseMutationResult<unknown, Error, void>;
}

/** Deletes after naming the thing and asking once. */
export function DeleteButton({ name, text, remove }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {t('common.delete')}
      </Button>
      <Modal
        open={open}
        title={t('common.deleteTitle', { name })}
        okText={t('common.delete')}
        okButtonProps={{ danger: true, loading: remove.isPending }}
        cancelText={t('common.cancel')}
        onOk={() => remove.mutate()}
        onCancel={() => setOpen(false)}
      >
        <p>{text}</p>
        {remove.error && <ErrorNote error={remove.error} />}
      </Modal>
    </>
  );
}
