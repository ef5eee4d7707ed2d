import { partOf, textOf, viewOf, type ByteSource } from './bytes.ts';
import type { ScanContext } from './findings.ts';
import { scanPickle } from './pickle.ts';

/** NumPy arrays of objects are pickles behind a header. */
export async function scanArray(source: ByteSource, file: string, context: ScanContext): Promise<void> {
  const head = await source.read(0, 12);
  const isFirst = (head[6] ?? 0) < 2;
  const length = head.length < 12 ? 0 : isFirst ? viewOf(head).getUint16(8, true) : viewOf(head).getUint32(8, true);
  const start = isFirst ? 10 : 12;
  if (head.length < 12 || length > 1_000_000 || start + length > source.size) {
    context.report({
      rule: 'numpy-invalid',
      severity: 'unsafe',
      file,
      message: 'It begins as a NumPy array and its header is damaged.',
      remedy: 'Fetch it again.',
    });
    return;
  }
  const header = textOf(await source.read(start, start + length));
  if (!/['"]\|?O[\d'"]/.test(header)) return;
  context.report({
    rule: 'numpy-objects',
    severity: 'warning',
    file,
    message: 'It is a NumPy array of objects: reading it loads a pickle.',
    remedy: 'Ask for arrays of numbers.',
  });
  await scanPickle(partOf(source, start + length, source.size), file, 'sure', context);
}
