import type { PageMessage, PageSession } from './page-session.ts';

/** Messages for a page that may not be there to hear them: a hidden page is thrown away, and starts anew when it is shown. */
export interface PageMail<Out> {
  /** Posts the message as soon as the page listens; of several that wait, the last counts. */
  send(message: Out): void;
  /** The page listens. */
  open(): void;
  /** The page is gone. */
  close(): void;
}

export function createPageMail<Out>(post: (message: Out) => void): PageMail<Out> {
  let isOpen = false;
  let waiting: { readonly message: Out } | undefined;
  return {
    send(message) {
      if (isOpen) post(message);
      else waiting = { message };
    },
    open() {
      isOpen = true;
      if (waiting !== undefined) post(waiting.message);
      waiting = undefined;
    },
    close() {
      isOpen = false;
    },
  };
}

/** A page that says that it is ready listens. */
export function readMail<In extends PageMessage>(session: PageSession<In>, mail: PageMail<never>): PageSession<In> {
  return {
    async receive(message) {
      if (message.type === 'ready') mail.open();
      await session.receive(message);
    },
    dispose: () => session.dispose(),
  };
}
