import type { Theme } from './protocol.ts';

interface ThemeInfo {
  /** What `workbench.colorTheme` may call it, this release's own name first. */
  ids: readonly string[];
  /** Class of the workbench's root element. */
  className: string;
}

export const themes: Readonly<Record<Theme, ThemeInfo>> = {
  light: { ids: ['Light 2026', 'Light Modern', 'Default Light Modern'], className: 'vs' },
  dark: { ids: ['Dark 2026', 'Dark Modern', 'Default Dark Modern'], className: 'vs-dark' },
  'hc-dark': { ids: ['Default High Contrast'], className: 'hc-black' },
  'hc-light': { ids: ['Default High Contrast Light'], className: 'hc-light' },
};
