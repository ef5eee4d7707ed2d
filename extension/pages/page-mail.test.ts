import assert from 'node:assert/strict';
import { createPageMail } from './page-mail.ts';

describe('page mail', () => {
  it('waits for the page, and then gives it the last message once', () => {
    const posted: string[] = [];
    const mail = createPageMail<string>(message => posted.push(message));
    mail.send('first');
    mail.send('second');
    assert.deepEqual(posted, []);
    mail.open();
    mail.open();
    assert.deepEqual(posted, ['second']);
    mail.send('third');
    assert.deepEqual(posted, ['second', 'third']);
  });

  it('keeps a message for a hidden page until it is shown again', () => {
    const posted: string[] = [];
    const mail = createPageMail<string>(message => posted.push(message));
    mail.open();
    mail.close();
    mail.send('hidden');
    assert.deepEqual(posted, []);
    mail.open();
    assert.deepEqual(posted, ['hidden']);
  });
});
