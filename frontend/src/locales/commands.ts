import { addTexts } from '@/locales';
import en from '@/locales/commands.en';
import zh from '@/locales/commands.zh-CN';

addTexts({ en, 'zh-CN': zh });
