import { addTexts } from '@/locales';
import en from '@/locales/archive.en';
import zh from '@/locales/archive.zh-CN';

addTexts({ en, 'zh-CN': zh });
