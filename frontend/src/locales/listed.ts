import { addTexts } from '@/locales';
import en from '@/locales/listed.en';
import zh from '@/locales/listed.zh-CN';

addTexts({ en, 'zh-CN': zh });
