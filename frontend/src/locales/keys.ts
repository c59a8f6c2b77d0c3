import { addTexts } from '@/locales';
import en from '@/locales/keys.en';
import zh from '@/locales/keys.zh-CN';

addTexts({ en, 'zh-CN': zh });
