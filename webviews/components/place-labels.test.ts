import assert from 'node:assert/strict';
import { placeLabels } from './place-labels.ts';

describe('labels of points', () => {
  it('stand above to the right where there is room, to the left at the edge', () => {
    const places = placeLabels(
      [
        { x: 20, y: 100, width: 60 },
        { x: 390, y: 40, width: 60 },
      ],
      400,
      12,
    );
    assert.deepEqual(places, [
      { isLeft: false, dy: -10 },
      { isLeft: true, dy: -10 },
    ]);
  });

  it('do not cover each other, nor other points', () => {
    const points = [
      { x: 200, y: 100, width: 80 },
      { x: 204, y: 104, width: 80 },
      { x: 240, y: 90, width: 80 },
      { x: 208, y: 98, width: 80 },
    ];
    const boxes = placeLabels(points, 400, 12).map(({ isLeft, dy }, index) => {
      const { x, y, width } = points[index]!;
      return { left: isLeft ? x - 7 - width : x + 7, top: y + dy - 6, width };
    });
    for (const [index, box] of boxes.entries()) {
      for (const other of boxes.slice(index + 1)) {
        const isApart = Math.abs(box.left - other.left) >= box.width || Math.abs(box.top - other.top) >= 12;
        assert.ok(isApart, JSON.stringify(boxes));
      }
    }
  });
});
