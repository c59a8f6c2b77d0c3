import { theme } from 'antd';
import { useLayoutEffect } from 'react';
import type { ThemeMode } from '@/store/preferences';

/** Gives our own style sheet the colours and radii of the theme, as custom properties. */
export function ThemeVariables({ mode }: { mode: ThemeMode }) {
  const { token } = theme.useToken();
  useLayoutEffect(() => {
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
      ok: token.colorSuccessText,
      'ok-bg': token.colorSuccessBg,
      bad: token.colorErrorText,
      'bad-bg': token.colorErrorBg,
      'warn-bg': token.colorWarningBg,
      warn: token.colorWarningText,
      run: token.colorInfoText,
      'run-bg': token.colorInfoBg,
      parked: mode === 'dark' ? token.cyan6 : token.cyan8,
      timed: mode === 'dark' ? token.purple7 : token.purple7,
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
