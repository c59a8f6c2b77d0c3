const CHINESE = /[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]/;

/** Of a text that says the same in Chinese and then in English, the part in the language; else all of it. */
export function saidIn(text: string, language: string): string {
  const sentences = text.split(/(?<=[。！？.!?])\s+/);
  const wanted = sentences.filter((sentence) => CHINESE.test(sentence) === (language !== 'en'));
  return (wanted.length > 0 ? wanted : sentences).join(' ').trim();
}
