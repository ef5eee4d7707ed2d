import type { Severity } from '../engine/documents/diagnostic.ts';

/** What the person has set under `aiWorkbench`, checked; see `readSettings`. */
export interface Settings {
  /** By diagnostic code. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
  readonly inlayHints: boolean;
}

export const defaultSettings: Settings = { severities: new Map(), inlayHints: true };

/** Settings as a client sends them, of whatever shape: what is not understood keeps its default. */
export function readSettings(section: unknown): Settings {
  const { diagnostics, inlayHints } = mapping(section);
  const severities = Object.entries(mapping(mapping(diagnostics)['severity'])).flatMap(([code, value]) =>
    isSeverity(value) ? [[code, value] as const] : [],
  );
  return { severities: new Map(severities), inlayHints: mapping(inlayHints)['enabled'] !== false };
}

function isSeverity(value: unknown): value is Severity | 'off' {
  return typeof value === 'string' && ['error', 'warning', 'information', 'hint', 'off'].includes(value);
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
