import { Modal } from 'antd';
import { PLACES } from '@/features/commands/commands';
import { useTranslation } from '@/hooks/use-translation';

const ELSEWHERE = [
  ['Ctrl K', 'commands.title'],
  ['/', 'commands.keySearch'],
  ['?', 'commands.help'],
  ['Esc', 'commands.keyClose'],
] as const;

/** The keys that work everywhere. */
export default function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const keys = [
    ...ELSEWHERE.map(([key, text]) => ({ key, text: t(text) })),
    ...PLACES.filter(({ letter }) => letter).map(({ letter, text }) => ({
      key: `g ${letter}`,
      text: t('commands.goTo', { place: t(text) }),
    })),
  ];
  return (
    <Modal open title={t('commands.help')} footer={null} width={480} onCancel={onClose}>
      <dl className="wp-keys">
        {keys.map(({ key, text }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
