import { addTexts } from '@/locales';
import en from '@/locales/billing.en';
import zh from '@/locales/billing.zh-CN';

addTexts({ en, 'zh-CN': zh });
