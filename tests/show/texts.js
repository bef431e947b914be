// Every visible text of a page: its words, the corners of its box, its ink and its grounds.
// Colours are [red, green, blue] with, for the ink, its opacity.
(selector) => {
  const parse = (text) => {
    const found = (text || "").match(/rgba?\(([^)]+)\)/);
    if (!found) return null;
    const [r, g, b, a = 1] = found[1].split(/[, /]+/).map(Number);
    return [r, g, b, a];
  };
  const faded = (one) => {
    let share = 1;
    for (let e = one; e && e.nodeType === 1; e = e.parentElement) {
      share *= Number(getComputedStyle(e).opacity);
    }
    return share;
  };
  const paint = (one) => {
    const style = getComputedStyle(one);
    const drawn = one instanceof SVGElement && one.tagName !== "svg";
    const colour = parse(drawn ? style.fill : style.backgroundColor);
    const share = drawn ? Number(style.fillOpacity) : 1;
    return colour && [...colour.slice(0, 3), colour[3] * share * faded(one)];
  };
  const over = (top, below) =>
    below.map((channel, place) => top[place] * top[3] + channel * (1 - top[3]));
  const behind = ([x, y], text) => {
    const svg = text instanceof SVGElement, layers = [];
    for (const one of document.elementsFromPoint(x, y)) {
      // A button has a ground of its own; what an SVG text is filled with is its ink.
      if ((svg && one === text) || (one !== text && text.contains(one))) continue;
      if (/^(text|tspan)$/.test(one.tagName)) continue;
      const colour = paint(one);
      if (!colour || colour[3] <= 0) continue;
      layers.push(colour);
      if (colour[3] >= 0.995) break;
    }
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255]);
  };
  const halo = (style) => {
    const wide = Number.parseFloat(style.strokeWidth);
    if (wide >= 2 && style.paintOrder.startsWith("stroke")) return parse(style.stroke);
    return style.textShadow === "none" ? null : parse(style.textShadow);
  };
  const outline = (one) => {
    if (!(one instanceof SVGElement)) {
      const {left, top, right, bottom} = one.getBoundingClientRect();
      return [[left, top], [right, top], [right, bottom], [left, bottom]];
    }
    // The ink of a line of text fills the middle of its box.
    const {x, y, width, height} = one.getBBox(), matrix = one.getScreenCTM();
    const high = y + height * 0.15, low = y + height * 0.85;
    return [[x, high], [x + width, high], [x + width, low], [x, low]].map(([a, b]) => {
      const point = new DOMPoint(a, b).matrixTransform(matrix);
      return [point.x, point.y];
    });
  };
  const found = [];
  for (const one of document.querySelectorAll(selector)) {
    const style = getComputedStyle(one), words = one.textContent.trim();
    if (!words || style.visibility === "hidden" || !one.getClientRects().length) continue;
    const corners = outline(one), [a, b, c, d] = corners;
    const middle = (share) => [0, 1].map(
      (k) => ((a[k] + d[k]) * (1 - share) + (b[k] + c[k]) * share) / 2,
    );
    const ink = parse(one instanceof SVGElement ? style.fill : style.color);
    const round = halo(style);
    const grounds = round
      ? [round.slice(0, 3)]
      : [0.08, 0.5, 0.92].map((share) => behind(middle(share), one));
    found.push({words, corners, ink: [...ink.slice(0, 3), ink[3] * faded(one)], grounds});
  }
  return found;
}
