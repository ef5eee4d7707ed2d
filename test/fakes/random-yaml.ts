/** A YAML document of random shape and layout, some of them broken: comments, anchors, block texts, brackets over lines, odd white space. */
export function writeRandomYaml(random: () => number): string {
  const pick = <T>(choices: readonly [T, ...T[]]): T => choices[Math.floor(random() * choices.length)] ?? choices[0];
  const often = (share: number): boolean => random() < share;
  const many = (most: number): number => Math.floor(random() * most);
  const space = (): string => pick(['', ' ', '  ', '   ']);
  const comment = (): string => (often(0.15) ? ` ${space()}# c${many(9)}${space()}` : space());
  const property = (): string => (often(0.1) ? `&a${many(99)}` : '');

  function scalar(isFlow: boolean): string {
    const inBlock: readonly [string, ...string[]] = ['x, y', 'z', 'a: b'];
    return pick([
      'a',
      'one two',
      '"q # x"',
      "'it''s'",
      '1',
      '2.50',
      'true',
      'null',
      '"a\\n b"',
      'é😀',
      'a:b',
      isFlow ? 'z' : pick(inBlock),
    ]);
  }

  function flow(depth: number, indent: number): string {
    const gap = (): string => (often(0.15) ? `\n${' '.repeat(indent + 2 + many(3))}` : space());
    const choice = random();
    if (depth > 2 || choice < 0.4) return scalar(true);
    const items = Array.from({ length: many(4) }, (_, index) => {
      const key = choice < 0.7 ? '' : `${pick(['k', '"k"', 'l'])}${index}${often(0.1) ? ' ' : ''}: ${space()}`;
      return `${gap()}${key}${flow(depth + 1, indent)}${gap()}`;
    });
    return choice < 0.7 ? `[${items.join(',')}]` : `{${items.join(',')}}`;
  }

  function linesBetween(indent: number): string {
    let text = '';
    while (often(0.2))
      text += pick([
        '\n',
        '   \n',
        `${' '.repeat(indent)}# line${space()}\n`,
        '# zero\n',
        `${' '.repeat(indent + 3)}# deep\n`,
      ]);
    return text;
  }

  function blockText(indent: number): string {
    const column = indent + 1 + many(4);
    const counted = often(0.2) ? String(column - indent) : '';
    const lines = Array.from({ length: 1 + many(4) }, (_, index) =>
      index > 0 && often(0.3)
        ? pick(['', ' '.repeat(column), ' '.repeat(column + 2), ' '])
        : `${' '.repeat(column + (index > 0 && often(0.3) ? 2 : 0))}${pick(['text', '# none', '- x', 'a: b'])}${space()}`,
    );
    return `${pick(['|', '>'])}${counted}${pick(['', '-', '+'])}${space()}\n${lines.join('\n')}\n`;
  }

  function value(indent: number, depth: number): string {
    const choice = random();
    const own = property();
    const before = own === '' ? ' ' : ` ${own} `;
    if (depth > 3 || choice < 0.35) return `${before}${space()}${scalar(false)}${comment()}\n`;
    if (choice < 0.55) return `${before}${space()}${flow(0, indent)}${comment()}\n`;
    if (choice < 0.65) return `${before}${blockText(indent)}`;
    if (choice < 0.72) {
      const deeper = ' '.repeat(indent + 2);
      return ` ${pick([`"one\n${deeper}two\n\n${deeper} three"`, `plain\n${deeper}more`])}\n`;
    }
    if (choice < 0.76) return `${comment()}\n`;
    return `${own === '' ? '' : ` ${own}`}${comment()}\n${block(indent + pick([1, 2, 2, 2, 4]), depth + 1)}`;
  }

  function block(indent: number, depth: number): string {
    let text = '';
    const start = ' '.repeat(indent);
    if (often(0.5)) {
      for (let count = 1 + many(4), index = 0; index < count; index++)
        text += `${linesBetween(indent)}${start}${pick(['key', '"key"', 'n'])}${index}${pick(['', '', '', ' '])}:${value(indent, depth)}`;
      return text;
    }
    const width = pick([1, 1, 2, 3]);
    for (let count = 1 + many(3); count > 0; count--) {
      const column = indent + 1 + width;
      const inner = often(0.3) && depth < 4 ? block(column, depth + 1).replace(/^(\s*(#.*)?\n)*/, '') : undefined;
      text += `${linesBetween(indent)}${start}-`;
      text += inner === undefined ? value(indent, depth) : `${' '.repeat(width)}${inner.slice(column)}`;
    }
    return text;
  }

  let text = block(0, 0);
  if (often(0.3)) text = text.replaceAll('\n', '\r\n');
  return often(0.2) ? text.trimEnd() : text;
}
