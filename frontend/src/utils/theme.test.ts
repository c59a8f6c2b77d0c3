import { theme } from 'antd';
import { describe, expect, it } from 'vitest';
import { DARK_THEME, LIGHT_THEME } from '@/utils/theme';

const LUMINANCE = [0.2126, 0.7152, 0.0722];

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const linear = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return linear.reduce((sum, part, at) => sum + part * (LUMINANCE[at] ?? 0), 0);
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', LIGHT_THEME],
  ['dark', DARK_THEME],
])('the %s theme', (_, look) => {
  const { Button } = look.components;
  const tokens = theme.getDesignToken(look);
  const surfaces = [tokens.colorBgContainer, tokens.colorBgElevated];

  it('has buttons that can be read while they are pointed at and pressed', () => {
    const letters = [
      Button.defaultHoverColor,
      'defaultActiveColor' in Button ? Button.defaultActiveColor : tokens.colorPrimaryActive,
    ];
    for (const surface of surfaces)
      for (const letter of letters) expect(contrast(letter, surface)).toBeGreaterThanOrEqual(4.5);
  });

  it('has white letters that can be read on its main buttons', () => {
    for (const back of [tokens.colorPrimary, Button.colorPrimaryHover])
      expect(contrast('#ffffff', back)).toBeGreaterThanOrEqual(4.5);
  });
});
