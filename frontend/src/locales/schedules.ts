import { addTexts } from '@/locales';
import en from '@/locales/schedules.en';
import zh from '@/locales/schedules.zh-CN';

addTexts({ en, 'zh-CN': zh });
