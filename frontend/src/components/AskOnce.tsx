import type { UseMutationResult } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  /** What the button does, said again in the question. */
  button: string;
  title: string;
  text: string;
  action: UseMutationResult<unknown, Error, void>;
  /** Leaves everything as it is; needed where the button itself says "cancel". */
  leave?: string;
  danger?: boolean;
}

/** A button for what has consequences: names them and asks once. */
export function AskOnce({ button, title, text, action, leave, danger = false }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button danger={danger} onClick={() => setOpen(true)}>
        {button}
      </Button>
      <Modal
        open={open}
        title={title}
        okText={button}
        okButtonProps={{ danger, loading: action.isPending }}
        cancelText={leave ?? t('common.cancel')}
        onOk={() => action.mutate(undefined, { onSuccess: () => setOpen(false) })}
        onCancel={() => setOpen(false)}
      >
        <p>{text}</p>
        {action.error && <ErrorNote error={action.error} />}
      </Modal>
    </>
  );
}
