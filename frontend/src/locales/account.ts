import { addTexts } from '@/locales';
import en from '@/locales/account.en';
import zh from '@/locales/account.zh-CN';
import '@/locales/second-step';

addTexts({ en, 'zh-CN': zh });
