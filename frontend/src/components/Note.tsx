import CheckCircleFilled from '@ant-design/icons/CheckCircleFilled';
import CloseCircleFilled from '@ant-design/icons/CloseCircleFilled';
import InfoCircleFilled from '@ant-design/icons/InfoCircleFilled';
import WarningFilled from '@ant-design/icons/WarningFilled';
import type { ReactNode } from 'react';

const ICONS = {
  error: CloseCircleFilled,
  warning: WarningFilled,
  success: CheckCircleFilled,
  info: InfoCircleFilled,
};

interface Props {
  kind: keyof typeof ICONS;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** A message in the page, with what belongs to it below and what can be done at its side. */
export function Note({ kind, title, children, action }: Props) {
  const Icon = ICONS[kind];
  return (
    <div className={`wp-note wp-note-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon aria-hidden />
      <div className="wp-note-text">
        <div>{title}</div>
        {children}
      </div>
      {action}
    </div>
  );
}
