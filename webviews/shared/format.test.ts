import assert from 'node:assert/strict';
import { toCsv } from './clipboard.ts';
import {
  columnFormat,
  formatDate,
  formatDuration,
  formatPValue,
  formatRelative,
  formatSigned,
  formatTimeLeft,
  formatValue,
} from './format.ts';
import { clipLine, showUnseen } from './text.ts';

describe('figures for people', () => {
  it('carry their unit and digits that mean something', () => {
    assert.equal(formatValue(0.82123, 'ratio'), '0.821');
    assert.equal(formatValue(812.4, 'ms'), '812 ms');
    assert.equal(formatValue(0.0021, 'ms'), '0.0021 ms');
    assert.equal(formatValue(12_345, 'ms'), '12.3 s');
    assert.equal(formatValue(0.00042, 'USD'), '0.000420 USD');
    assert.equal(formatValue(0, 'USD'), '0.00 USD');
    assert.equal(formatValue(1234, 'count'), '1,234');
  });

  it('sign differences, and never a zero', () => {
    assert.equal(formatSigned(0.0412, 3), '+0.041');
    assert.equal(formatSigned(-0.12, 3), '−0.120');
    assert.equal(formatSigned(-0.0001, 3), '0.000');
    assert.equal(formatSigned(0.0001, 3), '0.000');
  });

  it('line up in a column unless they lie far apart', () => {
    const alike = columnFormat([12.34, 5.6], 'ms');
    assert.deepEqual([alike(12.34), alike(5.6)], ['12.3', '5.6']);
    const apart = columnFormat([820, 0.31], 'ms');
    assert.deepEqual([apart(820), apart(0.31)], ['820', '0.310']);
  });

  it('word times and p-values', () => {
    assert.equal(formatDuration(0.42), '0.4 s');
    assert.equal(formatDuration(59.7), '1 min');
    assert.equal(formatDuration(200), '3 min 20 s');
    assert.equal(formatDuration(7500), '2 h 5 min');
    assert.equal(formatTimeLeft(3), 'less than 5 s left');
    assert.equal(formatTimeLeft(42), 'about 45 s left');
    assert.equal(formatPValue(1e-9), '<0.001');
    const hour = 3_600_000;
    assert.equal(formatRelative(0.5 * hour, 0), 'in less than an hour');
    assert.equal(formatRelative(47.9 * hour, 0), 'in 47 hours');
    assert.equal(formatRelative(0, 49 * hour), '2 days ago');
    assert.equal(formatRelative(24 * hour * 400, 0), 'in 13 months');
    assert.equal(formatRelative(0, 24 * hour * 1100), '3 years ago');
    assert.equal(formatDate(1e300), 'at no date');
  });
});

describe('text from elsewhere', () => {
  it('spells out what would change how it reads', () => {
    assert.equal(showUnseen('a\u202eb\u0007c\u{e0041}'), 'a⟪U+202E⟫b⟪U+0007⟫c⟪U+E0041⟫');
    assert.equal(
      showUnseen('\u001b[31mred\u001b[0m \ud83d \ude00 😀'),
      '⟪U+001B⟫[31mred⟪U+001B⟫[0m ⟪U+D83D⟫ ⟪U+DE00⟫ 😀',
    );
    assert.equal(showUnseen('tab\tline\nemoji 👩‍🔧 שלום'), 'tab\tline\nemoji 👩‍🔧 שלום');
  });

  it('is cut without splitting a character', () => {
    assert.equal(clipLine('ab😀cd', 3), 'ab…');
    assert.equal(clipLine('a\nb'), 'a ⏎ b');
  });

  it('is no formula in a spreadsheet', () => {
    assert.equal(
      toCsv(
        ['a', 'b'],
        [
          ['=1+1', -2],
          ['x,"y"', null],
        ],
      ),
      `a,b\r\n'=1+1,-2\r\n"x,""y""",\r\n`,
    );
  });
});
