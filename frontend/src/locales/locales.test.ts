import { describe, expect, it } from 'vitest';
import moreEnglish from '@/locales/account.en';
import moreChinese from '@/locales/account.zh-CN';
import adminEnglish from '@/locales/admin.en';
import adminChinese from '@/locales/admin.zh-CN';
import billingEnglish from '@/locales/billing.en';
import billingChinese from '@/locales/billing.zh-CN';
import canvasEnglish from '@/locales/canvas.en';
import canvasChinese from '@/locales/canvas.zh-CN';
import dataEnglish from '@/locales/data.en';
import dataChinese from '@/locales/data.zh-CN';
import en from '@/locales/en';
import executionsEnglish from '@/locales/executions.en';
import executionsChinese from '@/locales/executions.zh-CN';
import filesEnglish from '@/locales/files.en';
import filesChinese from '@/locales/files.zh-CN';
import galleryEnglish from '@/locales/gallery.en';
import galleryChinese from '@/locales/gallery.zh-CN';
import keysEnglish from '@/locales/keys.en';
import keysChinese from '@/locales/keys.zh-CN';
import proxiesEnglish from '@/locales/proxies.en';
import proxiesChinese from '@/locales/proxies.zh-CN';
import stepEnglish from '@/locales/second-step.en';
import stepChinese from '@/locales/second-step.zh-CN';
import triggersEnglish from '@/locales/triggers.en';
import triggersChinese from '@/locales/triggers.zh-CN';
import zh from '@/locales/zh-CN';

type Texts = { [name: string]: string | Texts };

function flat(texts: Texts, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(texts)) {
    const here = path ? `${path}.${name}` : name;
    if (typeof value === 'string') found.set(here, value);
    else for (const [inner, text] of flat(value, here)) found.set(inner, text);
  }
  return found;
}

const places = (text = '') => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('the two languages', () => {
  const [english, chinese] = [
    flat(
      Object.assign(
        {},
        en,
        stepEnglish,
        moreEnglish,
        keysEnglish,
        adminEnglish,
        billingEnglish,
        dataEnglish,
        proxiesEnglish,
        executionsEnglish,
        filesEnglish,
        galleryEnglish,
        canvasEnglish,
        triggersEnglish,
      ),
    ),
    flat(
      Object.assign(
        {},
        zh,
        stepChinese,
        moreChinese,
        keysChinese,
        adminChinese,
        billingChinese,
        dataChinese,
        proxiesChinese,
        executionsChinese,
        filesChinese,
        galleryChinese,
        canvasChinese,
        triggersChinese,
      ),
    ),
  ];

  it('have the same texts', () => expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort()));

  it('have no empty text', () => {
    for (const [name, text] of [...english, ...chinese]) expect(text.trim(), name).not.toBe('');
  });

  it('fill in the same values', () => {
    for (const [name, text] of english) expect(places(chinese.get(name)), name).toEqual(places(text));
  });

  it('are not mixed up', () => {
    for (const [name, text] of english) expect(text, name).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
