const longestTitle = 90;
const shortestTitle = 24;

/** A sentence shortened to what names it: our shortening, by its own words. */
export function titleOf(words: string): string {
  const sentence = words.replace(/[\s.;:,]+$/u, '');
  // A beginning such as "Group parity:" is a name that the author gave.
  const given = /^([\p{Lu}][^.:;,]{3,60})[:.] \S/u.exec(sentence)?.[1];
  if (given !== undefined && !/\b(?:shall|must|should|may|is|are)\b/i.test(given)) return given.trim();
  // One that begins with a condition is named by what follows it: it stays whole as far as there is room.
  const isConditional = /^(?:if|where|when|whenever|before|after|once|unless|while|during|in|for|as|to|upon|at)\b/i;
  const clause =
    !isConditional.test(sentence) &&
    /^.{24,90}?(?=[,;:(\u2013\u2014]| (?:who|which|that|where|when|unless|so that|in order|because|before|after|and (?:shall|must|should))\b)/u.exec(
      sentence,
    );
  const short = ((clause || undefined)?.[0] ?? sentence).trim();
  return capitalise(short.length <= longestTitle ? short : cutAtWord(short));
}

function cutAtWord(text: string): string {
  const cut = text.slice(0, longestTitle - 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > shortestTitle ? space : cut.length).replace(/[\uD800-\uDBFF]$/, '')}\u2026`;
}

function capitalise(text: string): string {
  const [first = ''] = text;
  return `${first.toUpperCase()}${text.slice(first.length)}`;
}
