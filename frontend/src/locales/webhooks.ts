import { addTexts } from '@/locales';
import en from '@/locales/webhooks.en';
import zh from '@/locales/webhooks.zh-CN';

addTexts({ en, 'zh-CN': zh });
