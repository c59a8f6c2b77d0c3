import { theme } from 'antd';

const still = window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
const SHARED = { borderRadius: 6, fontSize: 14, wireframe: false, motion: !still };
const LIGHT = {
  ...SHARED,
  colorPrimary: '#2a5bd7',
  colorLink: '#2a5bd7',
  colorError: '#cf1322',
  colorBgLayout: '#f5f6f8',
  colorTextDescription: 'rgba(0,0,0,0.6)',
  colorTextPlaceholder: 'rgba(0,0,0,0.55)',
};
const DARK = {
  ...SHARED,
  colorPrimary: '#4874e0',
  colorPrimaryText: '#8fb0ff',
  colorLink: '#8fb0ff',
  colorError: '#ff7875',
  colorBgBase: '#12151a',
  colorTextBase: '#e8eaee',
  colorBgLayout: '#0d1014',
  colorBgContainer: '#171b21',
  colorBgElevated: '#1e232b',
  colorTextDescription: 'rgba(232,234,238,0.66)',
  colorTextPlaceholder: 'rgba(232,234,238,0.6)',
};

// The paler blue that buttons have by themselves under the pointer is hard to read.
export const LIGHT_THEME = {
  algorithm: theme.defaultAlgorithm,
  token: { ...LIGHT, colorLinkHover: '#1d45b0' },
  components: {
    Button: {
      colorPrimaryHover: '#1d45b0',
      defaultHoverColor: LIGHT.colorPrimary,
      defaultHoverBorderColor: LIGHT.colorPrimary,
    },
  },
};

// Red that can be read on the dark is too pale for white letters on it.
export const DARK_THEME = {
  algorithm: theme.darkAlgorithm,
  token: DARK,
  components: {
    // Below white letters, and too dark for letters itself.
    Button: {
      colorPrimaryHover: '#2f5fd0',
      dangerColor: '#170d0d',
      defaultHoverColor: DARK.colorPrimaryText,
      defaultHoverBorderColor: DARK.colorPrimaryText,
      defaultActiveColor: DARK.colorPrimaryText,
      defaultActiveBorderColor: DARK.colorPrimaryText,
    },
    Tabs: {
      itemSelectedColor: DARK.colorPrimaryText,
      itemHoverColor: DARK.colorPrimaryText,
      itemActiveColor: DARK.colorPrimaryText,
      inkBarColor: DARK.colorPrimaryText,
    },
  },
};
