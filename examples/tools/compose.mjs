/** Puts one ticket together: the matter, perhaps a second request or a passing mention, then the manners of its channel. */
import { misspell, mumble, relax, reword, shorten } from './noise.mjs';
import * as frames from './phrases/frames.mjs';
import { fillPhrase, regions } from './slots.mjs';

/** Of two requests the earlier in this list gives the label: what the law or the calendar makes urgent goes first. */
export const precedence = [
  'data-privacy',
  'cancellation',
  'billing',
  'delivery',
  'login',
  'bug',
  'how-to',
  'feature-request',
];

const odds = { reword: 0.5, secondRequest: 0.14, mention: 0.35, ask: 0.75, context: 0.5, opener: 0.45, aside: 0.4 };
const channelOdds = { email: 1, 'web-form': 0.85, chat: 0.45, 'phone-transcript': 0.7 };

/** The sentences of a ticket, in order, before any noise; `pools` holds the statements this split may use, by category. */
function collectSentences(category, statement, { channel, region, pools, banks, random }) {
  const fill = phrase => reword(fillPhrase(phrase, region, random), odds.reword, random);
  const likely = name => random.chance(odds[name] * channelOdds[channel]);
  const lower = precedence.slice(precedence.indexOf(category) + 1);
  const others = precedence.filter(other => other !== category);
  const sentences = [fill(statement)];
  if (likely('context')) sentences.push(fill(random.pick(banks[category].context)));
  if (lower.length > 0 && likely('secondRequest')) {
    const second = fill(random.pick(pools[random.pick(lower)]));
    if (random.chance(0.5)) sentences.unshift(second);
    else
      sentences.push(random.pick(['Also: ', 'And another thing. ', 'While I am here, ', 'Separately, ', '']) + second);
  } else if (likely('mention')) {
    const mention = fill(random.pick(banks[random.pick(others)].mentions));
    if (random.chance(0.5)) sentences.unshift(mention);
    else sentences.push(mention);
  }
  if (likely('opener')) sentences.unshift(fill(random.pick(frames.openers)));
  if (likely('aside') && sentences.length < 4) sentences.push(fill(random.pick(frames.asides)));
  if (likely('ask') && sentences.length < 5) sentences.push(fill(random.pick(banks[category].asks)));
  return sentences;
}

const dress = {
  email(sentences, region, random) {
    const gap = random.pick(['\n\n', '\n', ' ']);
    const name = random.pick(regions[region].names);
    const head = random.chance(0.8) ? random.pick(frames.greetings) + gap : '';
    const role = random.chance(0.4) ? `\n${random.pick(frames.roles)}` : '';
    const foot = random.chance(0.8)
      ? `${gap}${random.pick(frames.closings)}${gap === ' ' ? ' ' : '\n'}${name}${role}`
      : '';
    return head + misspell(sentences.join(' '), 0.015, random) + foot;
  },
  chat(sentences, region, random) {
    const head = random.chance(0.25) ? random.pick(['hi ', 'hey ', 'hello, ', 'hi there ', 'yo ']) : '';
    const body = sentences.slice(0, 3).join(' ');
    return relax(head + misspell(shorten(body, 0.4, random), 0.06, random), random);
  },
  'web-form'(sentences, region, random) {
    const head = random.chance(0.35) ? `Subject: ${fillPhrase(random.pick(frames.subjects), region, random)}\n` : '';
    return head + misspell(shorten(sentences.join(' '), 0.05, random), 0.03, random);
  },
  'phone-transcript'(sentences, region, random) {
    const spoken = sentences.map(sentence => mumble(sentence.replace(/[()]/g, ''), 0.07, random));
    const parts = spoken.slice(0, 4);
    if (random.chance(0.4)) parts.splice(1, 0, fillPhrase(random.pick(frames.callReplies), region, random));
    if (random.chance(0.7)) parts.unshift(fillPhrase(random.pick(frames.callOpenings), region, random));
    return parts.join(' ');
  },
};

/** One ticket's text: a category's statement, dressed for a channel and a region. */
export function composeTicket(category, statement, setting) {
  const sentences = collectSentences(category, statement, setting);
  return dress[setting.channel](sentences, setting.region, setting.random).trim();
}
