import { addTexts } from '@/locales';
import en from '@/locales/canvas.en';
import zh from '@/locales/canvas.zh-CN';

addTexts({ en, 'zh-CN': zh });
