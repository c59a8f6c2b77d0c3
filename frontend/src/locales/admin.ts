import { addTexts } from '@/locales';
import en from '@/locales/admin.en';
import zh from '@/locales/admin.zh-CN';

addTexts({ en, 'zh-CN': zh });
