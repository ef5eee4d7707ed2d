import type { Validator } from '../../schemas/generated/validators.js';
import { fallbackTheme } from './fallback-theme.ts';
import type { PageHost } from './host.ts';
import { documentStyles } from './page-styles.ts';

/** Styles of the document around a page; in a self-contained file, a theme as well. */
export function adoptDocumentStyles(kind: PageHost<unknown, unknown>['kind']): void {
  const sheets = [documentStyles.styleSheet, kind === 'standalone' ? fallbackTheme.styleSheet : undefined];
  document.adoptedStyleSheets.push(...sheets.filter(sheet => sheet !== undefined));
}

/** Calls `draw` once a frame at most, however often it is asked for. */
export function drawOncePerFrame(draw: () => void): () => void {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  };
}

/** Data in a self-contained file's block `id`; undefined where there is none or it does not fit. */
export function readEmbedded<T>(id: string, validate: Validator<T>): T | undefined {
  try {
    const data: unknown = JSON.parse(document.getElementById(id)?.textContent ?? '');
    return validate(data) ? data : undefined;
  } catch {
    return undefined;
  }
}
