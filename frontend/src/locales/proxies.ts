import { addTexts } from '@/locales';
import en from '@/locales/proxies.en';
import zh from '@/locales/proxies.zh-CN';

addTexts({ en, 'zh-CN': zh });
