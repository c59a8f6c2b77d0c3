import { addTexts } from '@/locales';
import en from '@/locales/automations.en';
import zh from '@/locales/automations.zh-CN';

addTexts({ en, 'zh-CN': zh });
