import { addTexts } from '@/locales';
import en from '@/locales/triggers.en';
import zh from '@/locales/triggers.zh-CN';

addTexts({ en, 'zh-CN': zh });
