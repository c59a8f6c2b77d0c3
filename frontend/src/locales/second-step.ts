import { addTexts } from '@/locales';
import en from '@/locales/second-step.en';
import zh from '@/locales/second-step.zh-CN';

addTexts({ en, 'zh-CN': zh });
