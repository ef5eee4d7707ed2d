/** The same request as people of three groups write it: the words differ, what is asked does not. */

/** Words that people who learnt English later often take over from their first language (here German and Spanish). */
const borrowed = [
  [/\binvoices?\b/gi, ['Rechnung', 'factura']],
  [/\b(bill|statement)s?\b/gi, ['Rechnung', 'nota']],
  [/\brefund(ed)?\b/gi, ['Gutschrift', 'devolución']],
  [/\b(charged|debited|billed)\b/gi, ['abgebucht', 'cobrado']],
  [/\bfees?\b/gi, ['Gebühr', 'comisión']],
  [/\bprice\b/gi, ['Preis', 'precio']],
  [/\b(parcel|package|box|shipment)\b/gi, ['Paket', 'paquete']],
  [/\bdeliver(y|ed)\b/gi, ['Lieferung', 'entrega']],
  [/\b(courier|driver|carrier)\b/gi, ['Paketbote', 'repartidor']],
  [/\btracking\b/gi, ['Sendungsnummer', 'seguimiento']],
  [/\bpassword\b/gi, ['Kennwort', 'contraseña']],
  [/\b(log ?in|sign in|signing in|logging in)\b/gi, ['anmelden', 'entrar']],
  [/\baccount\b/gi, ['Konto', 'cuenta']],
  [/\bcancel(led|lation)?\b/gi, ['kündigen', 'dar de baja']],
  [/\b(contract|agreement)\b/gi, ['Vertrag', 'contrato']],
  [/\b(delete|erase|remove)\b/gi, ['löschen', 'borrar']],
  [/\bdata\b/gi, ['Daten', 'datos']],
  [/\b(reader|terminal)\b/gi, ['Kartengerät', 'datáfono']],
  [/\b(till|register)\b/gi, ['Kasse', 'caja']],
  [/\breceipts?\b/gi, ['Quittung', 'recibo']],
  [/\bscreen\b/gi, ['Bildschirm', 'pantalla']],
  [/\b(crash(es|ed)?|freezes)\b/gi, ['stürzt ab', 'se cuelga']],
  [/\bprinter\b/gi, ['Drucker', 'impresora']],
  [/\bsettings?\b/gi, ['Einstellung', 'ajuste']],
  [/\b(money|payout|payment|pay)s?\b/gi, ['Geld', 'dinero']],
  [/\b(bank)\b/gi, ['Sparkasse', 'banco']],
  [/\b(plan|subscription|trial)\b/gi, ['Abo', 'suscripción']],
  [/\b(card)s?\b/gi, ['Karte', 'tarjeta']],
  [/\b(tax|vat)\b/gi, ['Steuer', 'impuesto']],
  [/\b(e-?mail|mail|address)\b/gi, ['Adresse', 'correo']],
  [/\b(code|pin|token)\b/gi, ['Zahl', 'número']],
  [/\b(user|customer|client|guest)s?\b/gi, ['Kunde', 'cliente']],
  [/\b(lost|missing|stolen)\b/gi, ['verloren', 'perdido']],
  [/\b(late|waiting|wait)\b/gi, ['spät', 'tarde']],
  [/\b(sent|send|shipped|post)\b/gi, ['geschickt', 'enviado']],
  [/\b(return|exchange)\b/gi, ['zurück', 'devolver']],
  [/\b(locked|blocked|shut out)\b/gi, ['gesperrt', 'bloqueado']],
  [/\b(leave|quit|stop|end|close)\b/gi, ['aufhören', 'terminar']],
  [/\b(wish|would love|idea|add)\b/gi, ['Wunsch', 'deseo']],
  [/\b(how)\b/gi, ['wie', 'cómo']],
  [/\b(where)\b/gi, ['wo', 'dónde']],
  [/\b(error|wrong|broken|fault)\b/gi, ['kaputt', 'roto']],
  [/\b(works?|working)\b/gi, ['funktioniert', 'funciona']],
  [/\b(shop|store|restaurant|cafe|bakery)\b/gi, ['Laden', 'tienda']],
  [/\b(phone|tablet)\b/gi, ['Handy', 'móvil']],
  [/\b(report|export|list)s?\b/gi, ['Liste', 'lista']],
  [/\b(photo|picture|name)s?\b/gi, ['Bild', 'nombre']],
  [/\b(personal|private|consent)\b/gi, ['persönlich', 'personal']],
];
/** Grammar that learners simplify. */
const simplified = [
  [/\bhow do (I|we)\b/gi, 'how I can'],
  [/\b(have|has) been\b/gi, 'is'],
  [/\bsince\b/gi, 'from'],
  [/\b(a|an|the) /gi, ''],
  [/\bdoesn't\b/gi, 'not'],
  [/\bdidn't\b/gi, 'not'],
  [/\bcan't\b/gi, 'can not'],
  [/\bthere is\b/gi, 'it has'],
  [/\bwould like\b/gi, 'want'],
];
/** Words and particles of everyday Singapore English. */
const local = [
  [/\b(can't|cannot|can not)\b/gi, 'cannot lah'],
  [/\bwhy\b/gi, 'why like that'],
  [/\bvery\b/gi, 'damn'],
  [/\bbroken\b/gi, 'spoil already'],
  [/\b(doesn't|does not) work\b/gi, 'cannot use'],
  [/\bplease\b/gi, 'pls help'],
  [/\bturn(ed)? off\b/gi, 'off'],
  [/\bagain\b/gi, 'again sia'],
  [/\bshop\b/gi, 'stall'],
  [/\bmoney\b/gi, 'money all'],
  [/\bimmediately|right away|at once\b/gi, 'now now'],
  [/\bwait(ing|ed)?\b/gi, 'wait until long long'],
];
const particles = ['leh', 'lor', 'lah', 'sia', 'meh', 'hor'];

export const writers = ['first-language', 'second-language', 'singapore-english'];

/** The ticket as a writer of the group would put it. */
export function rewriteAs(writer, text, random) {
  if (writer === 'second-language') return writeAsLearner(text, random);
  if (writer === 'singapore-english') return writeLocally(text, random);
  return text;
}

function writeAsLearner(text, random) {
  const pickOne = random.below(2);
  let result = text;
  for (const [from, choices] of borrowed) result = result.replace(from, choices[pickOne]);
  for (const [from, to] of simplified) if (random.chance(0.6)) result = result.replace(from, to);
  return result;
}

function writeLocally(text, random) {
  let result = text;
  for (const [from, to] of local) if (random.chance(0.8)) result = result.replace(from, to);
  result = result.replace(/([.?!]|\n|$)/, match => (random.chance(0.8) ? ` ${random.pick(particles)}${match}` : match));
  return random.chance(0.5) ? `eh ${result}` : result;
}
