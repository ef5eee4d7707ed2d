/** What people and transcripts do to a sentence: slips of the keyboard, short forms, filler words. */
const neighbours = { a: 's', e: 'r', i: 'o', o: 'p', r: 't', t: 'y', s: 'd', n: 'm', l: 'k', u: 'i', c: 'v', d: 'f' };
const shortForms = [
  [/\bplease\b/gi, 'pls'],
  [/\byou\b/g, 'u'],
  [/\byour\b/g, 'ur'],
  [/\bbecause\b/g, 'cos'],
  [/\bthanks\b/gi, 'thx'],
  [/\bpassword\b/gi, 'pw'],
  [/\binvoice\b/gi, 'inv'],
  [/\baccount\b/gi, 'acct'],
  [/\bmessage\b/gi, 'msg'],
  [/\bdelivery\b/gi, 'delivry'],
  [/\bsubscription\b/gi, 'sub'],
  [/\bweeks\b/g, 'wks'],
  [/\bpicture\b/g, 'pic'],
  [/\bversion\b/gi, 'v'],
];
const synonyms = [
  [/\bcan't\b/, ['cannot', 'am unable to', 'can not']],
  [/\bgot\b/, ['received', 'have got']],
  [/\bneed\b/, ['require', 'must have']],
  [/\bwant to\b/, ['would like to', 'wish to', 'mean to']],
  [/\bshop\b/, ['store', 'place', 'branch']],
  [/\btill\b/, ['register', 'checkout', 'POS']],
  [/\bapp\b/, ['application', 'software', 'program']],
  [/\bmoney\b/, ['amount', 'cash', 'sum']],
  [/\bparcel\b/, ['package', 'box', 'shipment']],
  [/\bcourier\b/, ['driver', 'carrier', 'delivery man']],
  [/\bshows\b/, ['displays', 'has']],
  [/\bsays\b/, ['claims', 'tells me', 'shows']],
  [/\bsend\b/, ['post', 'mail', 'ship']],
  [/\bcustomers\b/, ['guests', 'clients', 'people']],
  [/\bcustomer\b/, ['guest', 'client']],
  [/\bcode\b/, ['number', 'token']],
  [/\bmail\b/, ['email', 'message']],
  [/\bscreen\b/, ['display', 'page', 'panel']],
  [/\bend\b/, ['finish', 'terminate', 'stop']],
  [/\bcontract\b/, ['agreement', 'deal']],
  [/\bdata\b/, ['details', 'information', 'records']],
  [/\bplease\b/i, ['kindly', 'would you']],
  [/\bhow do I\b/i, ['how can I', 'what is the way to', 'how would one']],
  [/\bhow do we\b/i, ['how can we', 'what is the way to']],
  [/\bwhere do I\b/i, ['where can I', 'in which menu do I']],
  [/\bcould you\b/i, ['can you', 'would you']],
  [/\bwould be\b/, ['might be', 'is what I call']],
  [/\bthe reader\b/, ['the machine', 'our reader', 'that reader']],
  [/\bproduct\b/, ['article', 'item']],
  [/\breceipt\b/, ['slip', 'bill']],
  [/\bevery\b/, ['each']],
  [/\balthough\b/, ['even though', 'but']],
  [/\bsince\b/, ['ever since', 'from']],
  [/\bfor the\b/, ['for our', 'about the']],
  [/\band\b/, ['plus', '&', 'and also', 'and then']],
  [/\bbut\b/, ['yet', 'only']],
  [/\bwe are\b/i, ["we're"]],
  [/\bI am\b/, ["I'm"]],
  [/\bI have\b/, ["I've", 'I do have']],
  [/\bis not\b/, ["isn't"]],
  [/\bthere's\b/i, ['there is', 'I see']],
  [/\bthe first\b/, ['your first', 'that first']],
  [/\bour\b/, ['the', 'my']],
  [/\bcustomer list\b/, ['list of customers']],
  [/\bwhen\b/, ['whenever', 'once']],
  [/\bgoes\b/, ['moves', 'runs']],
  [/\bgives\b/, ['produces', 'makes']],
  [/\bstill\b/, ['even now', 'to this day']],
  [/\blast week\b/, ['the other day', 'a week ago']],
  [/\bkeeps\b/, ['goes on']],
  [/\bsee\b/, ['view', 'look at']],
  [/\bchange\b/, ['alter', 'edit', 'update']],
  [/\badd\b/, ['create', 'put in']],
  [/\bstatement\b/, ['bill', 'summary']],
  [/\bcharged\b/, ['debited', 'billed']],
  [/\bprint(s?)\b/, ['put$1 on paper']],
  [/\bopen\b/, ['go to', 'start']],
];
const fillerWords = ['um,', 'uh,', 'er,', 'you know,', 'like,', 'well,', 'I mean,', 'sort of,', 'erm,'];

/** Misspells about `rate` of the words with four letters or more: a swap, a slip, a lost or a doubled letter. */
export function misspell(text, rate, random) {
  return text.replace(/\b[A-Za-z]{4,}\b/g, word => {
    if (!random.chance(rate)) return word;
    const at = 1 + random.below(word.length - 2);
    const before = word.slice(0, at);
    const after = word.slice(at + 1);
    return random.pick([
      () => before + word[at + 1] + word[at] + word.slice(at + 2),
      () => before + after,
      () => before + word[at] + word[at] + after,
      () => before + (neighbours[word[at]] ?? word[at]) + after,
    ])();
  });
}

/** Applies short forms ("pls", "u") with the given probability each. */
export function shorten(text, probability, random) {
  return shortForms.reduce(
    (result, [from, to]) => (random.chance(probability) ? result.replace(from, to) : result),
    text,
  );
}

/** Lower case, no apostrophes, hardly any full stop: how people type to a chat window. */
export function relax(text, random) {
  let result = random.chance(0.75) ? text.toLowerCase() : text;
  if (random.chance(0.5)) result = result.replace(/['’]/g, '');
  if (random.chance(0.6)) result = result.replace(/[.]$/g, '');
  if (random.chance(0.35)) result = result.replace(/\. /g, random.pick([' ', ', ', '\n']));
  if (random.chance(0.12)) result += random.pick(['??', '!!', ' :(', ' lol', ' ...', ' 🙄', ' 🙏']);
  return result;
}

/** Swaps everyday words for others of about the same meaning, each with the given probability. */
export function reword(text, probability, random) {
  return synonyms.reduce(
    (result, [from, choices]) =>
      from.test(result) && random.chance(probability) ? result.replace(from, random.pick(choices)) : result,
    text,
  );
}

/** Puts filler words, repeats and false starts into a spoken sentence. */
export function mumble(text, rate, random) {
  const words = text.split(' ');
  const spoken = words.map((word, index) => {
    if (index > 0 && random.chance(rate)) return `${random.pick(fillerWords)} ${word}`;
    if (index > 0 && random.chance(rate / 2) && /^[a-z]+$/i.test(word)) return `${word}, ${word}`;
    return word;
  });
  return spoken.join(' ');
}

/** Leaves the vowels inside of words out, as hurried thumbs do: "cncl my cntrct". About `rate` of the words with four letters or more. */
export function dropVowels(text, rate, random) {
  return text.replace(/\b[A-Za-z]{4,}\b/g, word =>
    random.chance(rate) ? word[0] + word.slice(1, -1).replace(/[aeiou]/gi, '') + word.at(-1) : word,
  );
}

/** What a transcript makes of words it did not catch: sounds that are heard as others, words torn in two. */
const heardAs = [
  [/ph/g, 'f'],
  [/tion/g, 'shun'],
  [/ck/g, 'g'],
  [/th/g, 'd'],
  [/v/g, 'w'],
  [/b/g, 'p'],
  [/ee|ea/g, 'i'],
  [/ou|ow/g, 'au'],
  [/er\b/g, 'a'],
  [/ing\b/g, 'in'],
  [/d\b/g, 't'],
];

/** About `rate` of the words with four letters or more come out as they sounded. */
export function mishear(text, rate, random) {
  return text.replace(/\b[a-z]{4,}\b/g, word => {
    if (!random.chance(rate)) return word;
    const heard = heardAs.reduce(
      (result, [from, to]) => (random.chance(0.8) ? result.replace(from, to) : result),
      word,
    );
    if (heard.length < 7 || !random.chance(0.4)) return heard;
    const at = 2 + random.below(heard.length - 4);
    return `${heard.slice(0, at)} ${heard.slice(at)}`;
  });
}

/** What a scanner takes letters for. */
const readAs = [
  [/rn/g, 'm'],
  [/m/g, 'rn'],
  [/cl/g, 'd'],
  [/l/g, '1'],
  [/o/g, '0'],
  [/e/g, 'c'],
  [/s/g, '5'],
  [/a/g, 'o'],
  [/t/g, 'f'],
  [/u/g, 'v'],
];

/** About `rate` of the words with three letters or more come out as a bad scan of a letter reads them. */
export function misread(text, rate, random) {
  return text.replace(/\b[A-Za-z]{3,}\b/g, word =>
    random.chance(rate)
      ? readAs.reduce((result, [from, to]) => (random.chance(0.85) ? result.replace(from, to) : result), word)
      : word,
  );
}
