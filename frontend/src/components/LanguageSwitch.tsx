import { LANGUAGES } from '@/locales';
import { usePreferences } from '@/store/preferences';

export function LanguageSwitch() {
  const { locale, set } = usePreferences();
  return (
    <span className="wp-segments">
      {LANGUAGES.map(({ code, name }) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={locale === code}
          onClick={() => set({ locale: code })}
        >
          {name}
        </button>
      ))}
    </span>
  );
}
