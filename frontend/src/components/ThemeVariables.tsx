import { theme } from 'antd';
import { useLayoutEffect } from 'react';
import type { ThemeMode } from '@/store/preferences';

/** Gives our own style sheet the colours and radii of the theme, as custom properties. */
export function ThemeVariables({ mode }: { mode: ThemeMode }) {
  const { token } = theme.useToken();
  useLayoutEffect(() => {
    const dark = mode === 'dark';
    // Of each hue, the shade that can be read on the surface.
    const variables: Record<string, string> = {
      bg: token.colorBgLayout,
      surface: token.colorBgContainer,
      raised: token.colorBgElevated,
      fill: token.colorFillQuaternary,
      'fill-strong': token.colorFillSecondary,
      text: token.colorText,
      'text-2': token.colorTextSecondary,
      'text-3': token.colorTextDescription,
      border: token.colorBorderSecondary,
      'border-strong': token.colorBorder,
      primary: token.colorPrimaryText,
      'primary-bg': token.colorPrimaryBg,
      ok: dark ? token.green6 : token.green8,
      'ok-bg': token.colorSuccessBg,
      bad: dark ? token.red8 : token.red7,
      'bad-bg': token.colorErrorBg,
      'warn-bg': token.colorWarningBg,
      warn: dark ? token.gold6 : token.orange8,
      run: token.blue7,
      'run-bg': token.colorInfoBg,
      parked: dark ? token.cyan6 : token.cyan8,
      timed: dark ? token.purple8 : token.purple7,
      radius: `${token.borderRadius}px`,
      'radius-lg': `${token.borderRadiusLG}px`,
      font: token.fontFamily,
      mono: token.fontFamilyCode,
    };
    const root = document.documentElement;
    for (const [name, value] of Object.entries(variables)) root.style.setProperty(`--wp-${name}`, value);
    root.style.colorScheme = mode;
    root.dataset.theme = mode;
  }, [token, mode]);
  return null;
}
