import type { ConnectionAnswer } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatFigure } from '../runs/format.ts';

/** Foreign text on one line, without control and direction characters, and without what VS Code would draw as an icon. */
export function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const short = line.length > 400 ? `${line.slice(0, 399)}…` : line;
  return short.replace(/\$\(/g, '\\$(');
}

/** What an answer took, such as `412 ms, first token after 180 ms, 14 tokens in, 2 out`. */
export function describeAnswer(answer: ConnectionAnswer): string {
  const { latencyMs, firstTokenMs, inputTokens, outputTokens, estimatedTokens, cost, dimensions } = answer;
  const about = estimatedTokens === true ? '≈' : '';
  return [
    ...(latencyMs === undefined ? [] : [formatFigure(latencyMs, 'ms')]),
    ...(firstTokenMs === undefined ? [] : [t('first token after {0}', formatFigure(firstTokenMs, 'ms'))]),
    ...(inputTokens === undefined ? [] : [t('{0} tokens in', `${about}${inputTokens}`)]),
    ...(outputTokens === undefined ? [] : [t('{0} out', `${about}${outputTokens}`)]),
    ...(dimensions === undefined ? [] : [t('a vector of {0} numbers', dimensions)]),
    ...(cost === undefined ? [] : [formatFigure(cost, 'USD')]),
  ].join(', ');
}

/** A text in lines of at most `width` characters, cut between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** A connection's name after a model's: what is behind its last slash, in the characters a name may have, and free. */
export function suggestName(model: string, taken: readonly string[]): string {
  const last = model.slice(model.lastIndexOf('/') + 1).replace(/\.gguf$/i, '');
  const base =
    last
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[^A-Za-z]+/, '')
      .slice(0, 58) || 'model';
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(name)) return name;
  }
}
