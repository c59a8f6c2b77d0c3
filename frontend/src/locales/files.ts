import { addTexts } from '@/locales';
import en from '@/locales/files.en';
import zh from '@/locales/files.zh-CN';

addTexts({ en, 'zh-CN': zh });
