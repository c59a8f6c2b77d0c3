import { addTexts } from '@/locales';
import en from '@/locales/system.en';
import zh from '@/locales/system.zh-CN';

addTexts({ en, 'zh-CN': zh });
