import { addTexts } from '@/locales';
import en from '@/locales/money.en';
import zh from '@/locales/money.zh-CN';

addTexts({ en, 'zh-CN': zh });
