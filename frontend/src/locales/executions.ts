import { addTexts } from '@/locales';
import en from '@/locales/executions.en';
import zh from '@/locales/executions.zh-CN';

addTexts({ en, 'zh-CN': zh });
