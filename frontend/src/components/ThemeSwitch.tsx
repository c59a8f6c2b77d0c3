import DesktopOutlined from '@ant-design/icons/DesktopOutlined';
import MoonOutlined from '@ant-design/icons/MoonOutlined';
import SunOutlined from '@ant-design/icons/SunOutlined';
import { useTranslation } from '@/hooks/use-translation';
import { usePreferences } from '@/store/preferences';

const MODES = [
  ['system', DesktopOutlined],
  ['light', SunOutlined],
  ['dark', MoonOutlined],
] as const;

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { choice, set } = usePreferences();
  return (
    <span className="wp-segments">
      {MODES.map(([mode, Icon]) => (
        <button
          key={mode}
          type="button"
          aria-label={t(`account.${mode}`)}
          title={t(`account.${mode}`)}
          aria-pressed={choice === mode}
          onClick={() => set({ choice: mode })}
        >
          <Icon aria-hidden />
        </button>
      ))}
    </span>
  );
}
