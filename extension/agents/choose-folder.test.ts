import assert from 'node:assert/strict';
import { FailureError } from '../base/failure.ts';
import { chooseFolder } from './choose-folder.ts';

const a = { name: 'a', path: '/w/a' };
const b = { name: 'b', path: '/w/b' };

describe('chooseFolder', () => {
  it('takes the only one, or the one that is named', () => {
    assert.equal(chooseFolder([a], undefined), a);
    assert.equal(chooseFolder([a, b], 'b'), b);
    assert.equal(chooseFolder([a, b], '/w/a'), a);
  });

  it('says which there are', () => {
    const remedyOf = (folders: (typeof a)[], wanted?: string): string => {
      try {
        chooseFolder(folders, wanted);
      } catch (error) {
        if (error instanceof FailureError) return error.failure.remedy ?? '';
      }
      return assert.fail('chosen');
    };
    assert.match(remedyOf([a, b]), /: a, b\.$/);
    assert.match(remedyOf([a], 'c'), /: a\.$/);
    assert.match(remedyOf([]), /workbench\.yaml/);
  });
});
