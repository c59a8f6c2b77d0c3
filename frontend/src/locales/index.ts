import type { Locale as AntdLocale } from 'antd/es/locale';
import dayjs from 'dayjs';
import { add, speak, type Texts } from '@/locales/texts';
import { speak as ask } from '@/services/language';
import type { LocaleCode } from '@/types/api';
import { dayjsLocale } from '@/utils/format';

const LOADERS = {
  'zh-CN': () => Promise.all([import('./zh-CN'), import('antd/es/locale/zh_CN')]),
  en: () => Promise.all([import('./en'), import('antd/es/locale/en_US')]),
};

/** Adds texts of what few pages need; it is loaded with them, in all languages. */
export function addTexts(texts: Record<LocaleCode, Texts>) {
  for (const [code, some] of Object.entries(texts)) add(code, some);
}

const antdLocales = new Map<string, AntdLocale>();

export const LANGUAGES: { code: LocaleCode; name: string }[] = [
  { code: 'zh-CN', name: '中文' },
  { code: 'en', name: 'English' },
];

export const antdLocale = (code: LocaleCode) => antdLocales.get(code);

/** Loads a language, of which each page load needs one, and switches to it. */
export async function loadLocale(code: LocaleCode): Promise<void> {
  if (!antdLocales.has(code)) {
    const [texts, antd] = await LOADERS[code]();
    add(code, texts.default);
    antdLocales.set(code, antd.default);
  }
  dayjs.locale(dayjsLocale(code));
  ask(code);
  document.documentElement.lang = code;
  speak(code);
}
