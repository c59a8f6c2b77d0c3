import { addTexts } from '@/locales';
import en from '@/locales/network.en';
import zh from '@/locales/network.zh-CN';

addTexts({ en, 'zh-CN': zh });
