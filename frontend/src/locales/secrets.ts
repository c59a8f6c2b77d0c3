import { addTexts } from '@/locales';
import en from '@/locales/secrets.en';
import zh from '@/locales/secrets.zh-CN';

addTexts({ en, 'zh-CN': zh });
