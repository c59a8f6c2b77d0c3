import type { UseMutationResult } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { useTranslation } from '@/hooks/use-translation';

interface Props<T> {
  /** What the button does, said again in the question. */
  button: string;
  title: string;
  text: string;
  action: UseMutationResult<unknown, Error, T>;
  /** What the action is given. */
  given?: NoInfer<T>;
  /** Leaves everything as it is; needed where the button itself says "cancel". */
  leave?: string;
  danger?: boolean;
}

/** A button for what has consequences: names them and asks once. */
export function AskOnce<T>({ button, title, text, action, given, leave, danger = false }: Props<T>) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button danger={danger} loading={action.isPending} onClick={() => setOpen(true)}>
        {button}
      </Button>
      <Modal
        open={open}
        title={title}
        okText={button}
        okButtonProps={{ danger, loading: action.isPending }}
        cancelText={leave ?? t('common.cancel')}
        onOk={() => action.mutate(given as T, { onSuccess: () => setOpen(false) })}
        onCancel={() => setOpen(false)}
      >
        <p>{text}</p>
        {action.error && <ErrorNote error={action.error} />}
      </Modal>
    </>
  );
}
