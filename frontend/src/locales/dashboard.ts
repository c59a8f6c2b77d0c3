import { addTexts } from '@/locales';
import en from '@/locales/dashboard.en';
import zh from '@/locales/dashboard.zh-CN';

addTexts({ en, 'zh-CN': zh });
