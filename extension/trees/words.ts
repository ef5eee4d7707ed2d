import { t } from '../base/translate.ts';

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1,200 rows`, `about 1,000,000 rows`, `at least 50 rows`. */
export function formatRows(rows: number, counted: 'all' | 'projected' | 'at-least'): string {
  if (counted === 'projected') return t('about {0} rows', Number(rows.toPrecision(3)).toLocaleString('en-US'));
  if (counted === 'at-least') return t('at least {0} rows', formatCount(rows));
  return rows === 1 ? t('1 row') : t('{0} rows', formatCount(rows));
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return t('{0} bytes', bytes);
  const kib = bytes / 1024;
  if (kib < 1024) return `${kib.toFixed(0)} KiB`;
  const mib = kib / 1024;
  return mib < 1024 ? `${mib.toFixed(1)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}

/** What turns text around, or is not to be seen. */
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Text of files on one line, cut, with unseen characters spelled out: U+202E becomes ⟪U+202E⟫. */
export function showOnOneLine(text: string, longest = 400): string {
  const head = text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return head.replace(/\s+/g, ' ').replace(unseen, character => {
    const code = character.codePointAt(0) ?? 0;
    return `⟪U+${code.toString(16).toUpperCase().padStart(4, '0')}⟫`;
  });
}
