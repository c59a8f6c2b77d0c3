import { Button, Dropdown } from 'antd';
import { useRef, useState } from 'react';
import { definitionOf } from '@/features/workflows/edit';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/canvas';
import { saveFile } from '@/utils/save-file';

interface Props {
  text: () => string;
  /** Takes the place of the text. */
  onText: (text: string) => void;
}

/** The most that the server takes as a workflow. */
const MOST = 1024 * 1024;

const ACTIONS = ['yaml', 'json', 'copy', 'open'] as const;

/** The workflow as a file, as JSON to hand on, and from a file. */
export default function Exchange({ text, onText }: Props) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const input = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState('');
  const asJson = () => JSON.stringify(definitionOf(text()) ?? {}, null, 2);
  const name = () => String(definitionOf(text())?.name ?? 'workflow').replace(/[^\p{L}\p{N}_-]+/gu, '-');
  const actions: Record<(typeof ACTIONS)[number], () => void> = {
    yaml: () => saveFile(new Blob([text()], { type: 'application/yaml' }), `${name()}.yaml`),
    json: () => saveFile(new Blob([asJson()], { type: 'application/json' }), `${name()}.json`),
    copy: () => copy(asJson()),
    open: () => input.current?.click(),
  };
  const open = async (file: File | undefined) => {
    if (!file) return;
    setRefused(file.size > MOST ? file.name : '');
    if (file.size <= MOST) onText(await file.text());
  };
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: ACTIONS.map((key) => ({ key, label: t(`canvas.exchange.${key}`) })),
          onClick: ({ key }) => actions[key as keyof typeof actions](),
        }}
      >
        <Button>{copied ? t('common.copied') : t('canvas.exchange.title')}</Button>
      </Dropdown>
      {refused && (
        <span className="wp-field-error" role="alert">
          {t('canvas.exchange.tooLarge', { name: refused })}
        </span>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('canvas.exchange.open')}
        accept=".yaml,.yml,.json"
        onChange={(event) => {
          void open(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </>
  );
}
