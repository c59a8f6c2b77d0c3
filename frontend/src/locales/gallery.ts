import { addTexts } from '@/locales';
import en from '@/locales/gallery.en';
import zh from '@/locales/gallery.zh-CN';

addTexts({ en, 'zh-CN': zh });
