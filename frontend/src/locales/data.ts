import { addTexts } from '@/locales';
import en from '@/locales/data.en';
import zh from '@/locales/data.zh-CN';

addTexts({ en, 'zh-CN': zh });
