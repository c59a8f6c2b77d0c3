import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { Waiting } from '@/components/Waiting';
import { DiffText } from '@/features/workflows/DiffText';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  title: string;
  /** A unified diff. */
  text: string | undefined;
  onClose: () => void;
  children?: ReactNode;
}

/** What changed, line by line. */
export function DiffDrawer({ title, text, onClose, children }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer open title={title} onClose={onClose} size={760}>
      {children}
      {text === undefined && !children && <Waiting />}
      {text === '' && <p className="wp-muted">{t('versions.same')}</p>}
      {text && <DiffText label={title} text={text} />}
    </Drawer>
  );
}
