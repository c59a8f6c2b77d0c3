import { act, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useTranslation } from '@/hooks/use-translation';
import { add, speak, translation } from '@/locales/texts';

add('xx', { list: { title: 'Things', count: '{{count}} of {{total}} things' } });
add('xx', { list: { more: 'More' } });
add('yy', { list: { title: 'Dinge' } });

function Title() {
  const { t, i18n } = useTranslation();
  return (
    <p>
      {t('list.title')} in {i18n.language}
    </p>
  );
}

describe('a text', () => {
  it('is found by its dotted name, whichever bundle brought it', () => {
    speak('xx');
    const { t } = translation();
    expect([t('list.title'), t('list.more')]).toEqual(['Things', 'More']);
  });

  it('is filled in, and what is not given leaves nothing', () => {
    speak('xx');
    const { t } = translation();
    expect(t('list.count', { count: 0, total: 3 })).toBe('0 of 3 things');
    expect(t('list.count', { count: 1, total: null })).toBe('1 of  things');
  });

  it('that does not exist is its default or its name', () => {
    speak('xx');
    const { t } = translation();
    expect(t('list.none', { defaultValue: 'no {{what}}', what: 'text' })).toBe('no text');
    expect([t('list.none'), t('list'), t('list.title.deeper')]).toEqual(['list.none', 'list', 'list.title.deeper']);
  });

  it('changes on the screen with the language', () => {
    speak('xx');
    render(<Title />);
    screen.getByText('Things in xx');
    act(() => speak('yy'));
    screen.getByText('Dinge in yy');
  });
});
