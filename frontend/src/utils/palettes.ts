// In place of tables of shades: the same shades, computed from their colours.
import generate from '@ant-design/colors/es/generate';

export const presetPrimaryColors: Record<string, string> = {
  red: '#F5222D',
  volcano: '#FA541C',
  orange: '#FA8C16',
  gold: '#FAAD14',
  yellow: '#FADB14',
  lime: '#A0D911',
  green: '#52C41A',
  cyan: '#13C2C2',
  blue: '#1677FF',
  geekblue: '#2F54EB',
  purple: '#722ED1',
  magenta: '#EB2F96',
  grey: '#666666',
};

export const presetPalettes = Object.fromEntries(
  Object.entries(presetPrimaryColors).map(([name, colour]) => [name, generate(colour)]),
);

export const gold = presetPalettes.gold;
