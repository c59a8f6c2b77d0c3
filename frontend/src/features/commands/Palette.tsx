import SearchOutlined from '@ant-design/icons/SearchOutlined';
import { Modal } from 'antd';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { best, type Command } from '@/features/commands/commands';
import { useCommands } from '@/features/commands/use-commands';
import { useTranslation } from '@/hooks/use-translation';

const MOST = 30;

interface Props {
  onClose: () => void;
  onRun: (workflow: { id: string; name: string }) => void;
}

/** One line to go to, run, make or find anything. Arrows choose, Enter does. */
export default function Palette({ onClose, onRun }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [kept, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const all = useCommands(typed, onRun);
  const shown = useMemo(() => {
    const found = best(all, typed, MOST);
    const words = typed.trim();
    if (!words) return found;
    const search: Command = {
      id: 'search',
      group: 'go',
      text: t('commands.searchRuns', { words }),
      to: `/executions?q=${encodeURIComponent(words)}`,
    };
    return [...found, search];
  }, [all, typed, t]);
  const at = Math.min(kept, shown.length - 1);
  const choose = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    if (command.to) void navigate(command.to);
    command.act?.();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(shown.length - 1, at + step));
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(shown[at]);
  };
  return (
    <Modal open title={t('commands.title')} footer={null} width={560} className="wp-commands" onCancel={onClose}>
      <div className="wp-commands-line">
        <SearchOutlined aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: it was opened to be written in
          autoFocus
          role="combobox"
          aria-label={t('commands.placeholder')}
          aria-expanded
          aria-controls="wp-commands-list"
          aria-activedescendant={shown[at] && `wp-commands-${at}`}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder={t('commands.placeholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <div
        ref={list}
        id="wp-commands-list"
        role="listbox"
        aria-label={t('commands.title')}
        className="wp-commands-list"
      >
        {shown.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the line above
          <div
            key={command.id}
            id={`wp-commands-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="wp-commands-one"
            onPointerMove={() => setAt(index)}
            onClick={() => choose(command)}
          >
            <span className="truncate">{command.text}</span>
            <span className="wp-muted">
              {command.keys ? <kbd>{command.keys}</kbd> : t(`commands.groups.${command.group}`)}
            </span>
          </div>
        ))}
      </div>
    </Modal>
  );
}
