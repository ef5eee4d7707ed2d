/** Colours of the theme in force, resolved, for a chart drawn outside CSS. */
export interface ChartTheme {
  readonly foreground: string;
  readonly muted: string;
  readonly line: string;
  readonly background: string;
  readonly font: string;
  readonly fontSize: number;
  /** For series, in the order to use them. */
  readonly series: readonly string[];
}

/** Where the reader's system forces its colours, only those are told apart; series differ by dash and shape as well. */
const systemColours = {
  foreground: 'CanvasText',
  muted: 'CanvasText',
  line: 'CanvasText',
  background: 'Canvas',
  series: ['CanvasText', 'LinkText', 'Highlight', 'GrayText'],
};

export function readChartTheme(element: Element): ChartTheme {
  const style = getComputedStyle(element);
  const font = style.fontFamily || 'sans-serif';
  const fontSize = Math.max(9, Math.round(Number.parseFloat(style.fontSize) * 0.92) || 12);
  if (matchMedia('(forced-colors: active)').matches) return { ...systemColours, font, fontSize };
  const read = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const foreground = read('--vscode-charts-foreground', read('--vscode-foreground', '#808080'));
  const series = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];
  return {
    foreground,
    muted: read('--vscode-descriptionForeground', foreground),
    line: read('--vscode-contrastBorder', read('--vscode-charts-lines', foreground)),
    background: read('--vscode-editor-background', 'transparent'),
    font,
    fontSize,
    series: series.map(name => read(`--vscode-charts-${name}`, foreground)),
  };
}

/** Calls `changed` whenever VS Code or the reader's system changes the theme; the returned function ends that. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)', 'print'].map(query => matchMedia(query));
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
