import assert from 'node:assert/strict';
import path from 'node:path';
import { isBelow } from './paths.ts';

describe('a path in a folder', () => {
  const posix = { relative: path.posix.relative };
  const windows = {
    relative: (base: string, target: string) => path.win32.relative(base, target).replaceAll('\\', '/'),
  };

  it('is below it at any depth, and neither beside it nor on another drive', () => {
    const cases = [
      [posix, '/w', '/w/a/b', true],
      [posix, '/w', '/w/..a', true],
      [posix, '/w', '/w', false],
      [posix, '/w', '/wider/a', false],
      [posix, '/w/a', '/w', false],
      [windows, 'C:\\w', 'c:\\W\\a', true],
      [windows, 'C:\\w', 'D:\\w\\a', false],
      [windows, 'C:\\w', '\\\\server\\w\\a', false],
    ] as const;
    for (const [files, folder, target, expected] of cases)
      assert.equal(isBelow(files, folder, target), expected, target);
  });
});
