"use strict";
// The shapes of show/curves.py in the page, so that a flow can change its width: a test holds both together.
const shapes = (() => {
  const gaps = (path) => {
    const along = [0];
    for (let i = 1; i < path.length; i++) along.push(along[i - 1] + Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]));
    return along;
  };
  // Points at even distances up to `until`.
  const sampled = (path, along, until, count) => {
    const points = [];
    let piece = 1;
    for (let k = 0; k < count; k++) {
      const where = until * k / (count - 1);
      while (piece < path.length - 1 && along[piece] < where) piece++;
      const long = along[piece] - along[piece - 1] || 1;
      const share = Math.min(1, Math.max(0, (where - along[piece - 1]) / long));
      points.push([0, 1].map((axis) => path[piece - 1][axis] + share * (path[piece][axis] - path[piece - 1][axis])));
    }
    return points;
  };
  const sides = (body, half) => {
    const left = [], right = [], last = body.length - 1;
    body.forEach(([x, y], i) => {
      const one = body[Math.max(0, i - 1)], other = body[Math.min(last, i + 1)];
      const dx = other[0] - one[0], dy = other[1] - one[1], long = Math.hypot(dx, dy) || 1e-9;
      const [nx, ny] = [-dy / long * half[i], dx / long * half[i]];
      left.push([x + nx, y + ny]);
      right.push([x - nx, y - ny]);
    });
    return [left, right.reverse()];
  };
  const pointsOf = (count, length) => Math.max(4, Math.min(Math.max(22, count - 4), Math.trunc(length / 9) + 3));
  // Of thousands of hairlines nobody sees more than `most` points a side.
  const arrow = (path, width, most = 1e9) => {
    const along = gaps(path), length = along[along.length - 1];
    const headWidth = 1.3 * width + 5, headLength = Math.min(0.8 * headWidth + 2, length / 2);
    const count = Math.min(most, pointsOf(path.length, length)), until = length - headLength;
    const body = sampled(path, along, until, count);
    const half = body.map((_, k) => width / 2 * (1 - 0.2 * (until * k / (count - 1)) / Math.max(length, 1e-9)));
    const [left, right] = sides(body, half);
    const tip = path[path.length - 1], base = body[count - 1];
    const axis = [tip[0] - base[0], tip[1] - base[1]], long = Math.max(Math.hypot(...axis), 1e-9);
    const across = [-axis[1] / long * headWidth / 2, axis[0] / long * headWidth / 2];
    return [...left, [base[0] + across[0], base[1] + across[1]], tip, [base[0] - across[0], base[1] - across[1]], ...right, left[0]];
  };
  const band = (path, width) => {
    const along = gaps(path), length = along[along.length - 1], count = pointsOf(path.length, length);
    const [left, right] = sides(sampled(path, along, length, count), Array(count).fill(width / 2));
    return [...left, ...right, left[0]];
  };
  const pairs = (flat) => Array.from({length: flat.length / 2}, (_, k) => [flat[2 * k], flat[2 * k + 1]]);
  return {arrow, band, pairs};
})();
