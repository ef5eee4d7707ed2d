/** Phrase bank: what stands around the matter itself, the same for every category. */
export const greetings = [
  "Hi,", "Hello,", "Hi there,", "Good morning,", "Dear Marlo team,", "Dear support,", "Hello Marlo,", "Hey,", "To whom it may concern,",
  "Good afternoon,", "Hi all,", "Dear Sir or Madam,", "Hello again,", "Hi, hope you are well.",
];
export const closings = [
  "Thanks,", "Thank you,", "Best,", "Regards,", "Kind regards,", "Best wishes,", "Cheers,", "Many thanks,", "Yours sincerely,", "Thanks in advance,",
];
export const roles = [
  "Owner", "Shop manager", "The Corner Bakery", "Café Lumen", "Accounts", "Head waiter", "The Button Tin", "Harbour Books", "Sent from my phone",
  "Nine Pins Bar", "Office", "Fig & Fennel", "Tel. on request", "Bike workshop", "Salon Rosa",
];
export const openers = [
  "Short question.", "This is getting silly.", "I called yesterday and was cut off.", "I run a small shop in {city}.", "Not sure if this is the right place.",
  "I've written before about this.", "Sorry to bother you.", "We have three tills and one back office.", "Urgent.", "I've been a customer since the start.",
  "My colleague {person} asked me to write.", "I hope somebody reads this.", "It's about our {reader}.", "It is about my account.", "It is about the {plan} plan.",
  "About {order}.", "As discussed with {person}.", "Second attempt.", "I'm on {os}, in case it matters.", "We are a café in {city}.",
];
export const asides = [
  "We are open until late on {day}.", "I am normally patient.", "My phone number is on file.", "The app, the {reader}, the lot.", "Let me know what you need.",
  "I would rather have an email than a call.", "I pay a lot for this service.", "Everyone in the shop is asking me.", "Your chat sent me here.",
  "This costs us customers.", "I attach a screenshot.", "I have an order, an invoice and a password for everything these days.", "Otherwise all is well.",
  "I know you're busy.", "The bot did not understand me.", "Ask for {person}.", "It's about the {city} shop.",
];
export const callOpenings = [
  "Caller: Hi, yes, hello?", "Caller: Oh, good, a person.", "Agent: Marlo support, how can I help? Caller: Hi.", "Caller: Yeah, hi, it's {person} from {city}.",
  "Hello, can you hear me?", "Right, so.", "Hi, I was on hold for ages.", "Caller: Good morning, {person} speaking.", "Okay so,", "Yes hello,",
];
export const callReplies = [
  "Agent: I see. Caller: Yeah.", "Agent: Since when? Caller: Since {day}.", "Agent: Could you spell the name? Caller: {person}.", "[inaudible]",
  "Agent: One moment. Caller: Sure.", "Agent: Is that the {city} shop? Caller: It is.", "Caller: Hello? Are you there?", "Agent: And the app is open? Caller: Yes, yes.",
];
export const subjects = ["Question", "Help", "Problem", "Marlo", "{reader}", "Account", "Order", "Invoice", "Urgent", "Re: your message", "(no subject)", "App", "{plan} plan", "Request", "Complaint"];
