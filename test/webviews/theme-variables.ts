import { fallbackTheme } from '../../webviews/shared/fallback-theme.ts';

export type ThemeName = 'light' | 'dark' | 'hc-dark' | 'hc-light';

/** The variables VS Code sets on a webview's document in each kind of theme, as far as the pages use them. */
export function themeVariables(theme: ThemeName): Readonly<Record<string, string>> {
  const [light, dark] = fallbackTheme.cssText.split('@media');
  const lightVariables = readVariables(light ?? '');
  if (theme === 'light') return lightVariables;
  if (theme === 'dark') return { ...lightVariables, ...readVariables(dark ?? '') };
  return { ...lightVariables, ...highContrast(theme) };
}

/** Body class of a webview in each kind of theme. */
export const themeClasses: Readonly<Record<ThemeName, string>> = {
  light: 'vscode-light',
  dark: 'vscode-dark',
  'hc-dark': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast vscode-high-contrast-light',
};

function readVariables(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(--vscode-[\w-]+):\s*([^;]+);/g)].map(match => [match[1] ?? '', match[2] ?? '']),
  );
}

/** High-contrast themes have one foreground, one background, and borders in place of fills. */
function highContrast(theme: 'hc-dark' | 'hc-light'): Record<string, string> {
  const isDark = theme === 'hc-dark';
  const [fore, back, border] = isDark ? ['#ffffff', '#000000', '#6fc3df'] : ['#292929', '#ffffff', '#0f4a85'];
  const focus = isDark ? '#f38518' : '#006bbd';
  const named = (names: readonly string[], value: string): [string, string][] =>
    names.map(name => [`--vscode-${name}`, value]);
  return Object.fromEntries([
    ...named(
      [
        'foreground',
        'editor-foreground',
        'descriptionForeground',
        'button-foreground',
        'button-secondaryForeground',
        'input-foreground',
        'input-placeholderForeground',
        'settings-textInputForeground',
        'settings-dropdownForeground',
        'list-activeSelectionForeground',
        'list-hoverForeground',
        'charts-foreground',
      ],
      fore,
    ),
    ...named(
      [
        'editor-background',
        'button-background',
        'button-secondaryBackground',
        'button-secondaryHoverBackground',
        'input-background',
        'settings-textInputBackground',
        'settings-dropdownBackground',
        'textCodeBlock-background',
        'list-activeSelectionBackground',
      ],
      back,
    ),
    ...named(
      [
        'contrastBorder',
        'widget-border',
        'editorWidget-border',
        'button-border',
        'settings-textInputBorder',
        'settings-dropdownBorder',
        'settings-dropdownListBorder',
        'charts-lines',
      ],
      border,
    ),
    ...named(['focusBorder', 'progressBar-background'], focus),
    ...named(['list-hoverBackground'], isDark ? '#ffffff1a' : '#0f4a851a'),
    ...named(['textLink-foreground'], isDark ? '#21a6ff' : '#0f4a85'),
    ...named(['errorForeground', 'testing-iconFailed'], isDark ? '#f48771' : '#b5200d'),
    ...named(['testing-iconPassed', 'charts-green'], isDark ? '#73c991' : '#007100'),
    ...named(['list-warningForeground', 'charts-yellow'], isDark ? '#cca700' : '#715c00'),
    ...named(['charts-blue'], isDark ? '#59a4f9' : '#0063d3'),
  ]);
}
