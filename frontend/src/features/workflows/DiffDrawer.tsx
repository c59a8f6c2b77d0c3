import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Waiting } from '@/components/Waiting';

const kindOf = (line: string) =>
  /^(\+\+\+|---|@@)/.test(line) ? 'place' : { '+': 'added', '-': 'removed' }[line[0] ?? ''];

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
      {text && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="wp-diff" aria-label={title} tabIndex={0}>
          {text.split('\n').map((line, place) => (
            <div key={place} className={`wp-diff-line wp-diff-${kindOf(line) ?? 'same'}`}>
              {line || ' '}
            </div>
          ))}
        </section>
      )}
    </Drawer>
  );
}
