(async () => {
  const element = document.getElementById("map");
  const byId = (name) => document.getElementById(name);
  const {figure, index, title, words, looks, theme} = JSON.parse(byId("data").textContent);
  const packed = Uint8Array.from(atob(byId("plotly").textContent), (c) => c.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);

  const {width, height} = figure.layout.meta;
  const state = {
    view: "plan", shown: index.shown, site: -1, zone: -1, commodity: new Set(), change: new Set(),
    step: -1, routed: false, merge: "auto", merged: Boolean(index.zones?.first), moving: false,
  };
  const FADED = 0.07, HIT = 9, THIN = 0.9, PALE = 0.75, PALE_BELOW = 1.6;
  const time = index.periods;
  const levels = [index, ...(index.zones ? [index.zones] : [])];
  const every = levels.flatMap((level) => level.flows);
  every.forEach((flow) => {
    flow.path = shapes.pairs(flow.p);
    flow.route = flow.r ? shapes.pairs(flow.r) : null;
  });
  if (time) {
    const bytes = Uint8Array.from(atob(time.data), (c) => c.charCodeAt(0));
    const numbers = new DataView(bytes.buffer), steps = time.steps.length;
    every.forEach((flow, row) => {
      flow.v = Array.from({length: steps}, (_, k) => flow.m * numbers.getUint16(2 * (row * steps + k), true) / 65535);
    });
  }
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");

  // What a flow carries [base unit/h] and how wide that is, in the chosen step of time.
  const stepped = () => state.step >= 0 && state.view === "plan";
  const wide = (flow) => (stepped() ? flow.v[state.step] * index.units[flow.u][3] : state.view === "plan" && flow.d === "gone" ? 0 : flow.w);
  const line = (flow) => (state.routed && flow.route) || flow.path;
  const shape = (flow) => {
    const now = wide(flow), key = `${now}|${line(flow) === flow.route}`;
    if (flow.t < 0 || flow.key === key || now <= 0) return;
    flow.key = key;
    const put = (trace, points) => {
      trace.x = points.map((point) => Math.round(point[0] * 10) / 10);
      trace.y = points.map((point) => Math.round(point[1] * 10) / 10);
    };
    const trace = figure.data[flow.t];
    put(trace, shapes.arrow(line(flow), Math.max(now, THIN)));
    trace.line = {...trace.line, width: now > 1.2 ? Math.min(1.4, 0.25 + now / 8) : 0, simplify: false};
    if (flow.h >= 0) put(figure.data[flow.h], shapes.band(line(flow), HIT));
  };

  // Light and dark: every colour of the drawing has a twin.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let now = theme || (dark.matches ? "dark" : "light");
  const paint = () => {
    const look = looks[now];
    document.documentElement.dataset.theme = now;
    figure.data.forEach((trace, row) => {
      const [fill, edge, ground, border, text, mark] = look.inks[look.traces[row]];
      if (fill !== null) trace.fillcolor = fill;
      if (edge !== null) trace.line = {...trace.line, color: edge};
      if (ground !== null) trace.hoverlabel = {...trace.hoverlabel, bgcolor: ground, bordercolor: border, font: {...trace.hoverlabel.font, color: text}};
      if (mark !== null) trace.marker = {...trace.marker, color: mark};
    });
    figure.layout.annotations.forEach((note, row) => {
      const [color, shadow] = look.pens[look.notes[row]];
      note.font = {...note.font, color, ...(shadow === null ? {} : {shadow})};
    });
    Object.assign(figure.layout, look.layout);
    Object.assign(index, {commodities: look.commodities, changes: look.changes});
    if (byId("theme")) byId("theme").setAttribute("aria-pressed", String(now === "dark"));
  };

  // The size of texts follows the size of the map, so that labels keep clear of one another.
  const sizes = figure.layout.annotations.map((note) => note.font.size);
  const fit = () => {
    const ratio = (element.clientWidth || width) / width;
    figure.layout.annotations.forEach((note, row) => { note.font = {...note.font, size: sizes[row] * ratio}; });
  };

  const escapeText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const savePicture = {
    name: "save", title: words.save, icon: Plotly.Icons.camera,
    click: () => {
      const layout = {...element.layout, showlegend: true, width, height: height + 110, title: {text: escapeText(title), x: 0.02, y: 0.985, yanchor: "top"},
        margin: {l: 0, r: 0, t: 110, b: 0}, legend: {orientation: "h", x: 0, y: 1, yanchor: "bottom"},
        annotations: element.layout.annotations.map((note, row) => ({...note, font: {...note.font, size: sizes[row]}}))};
      Plotly.downloadImage({data: element.data, layout}, {format: "png", scale: 2, width, height: height + 110, filename: words.picture});
    },
  };
  const button = (name, attributes) => ({name, title: words[name], ...attributes});
  const ranges = {xaxis: figure.layout.xaxis.range.slice(), yaxis: figure.layout.yaxis.range.slice()};
  const show = (across, upward) => Plotly.relayout(element, {"xaxis.range": across, "yaxis.range": upward});
  const scaled = ([a, b], factor, shift = 0) => { const m = (a + b) / 2 + shift * (b - a), h = (b - a) / 2 * factor; return [m - h, m + h]; };
  const moved = (factor, right = 0, up = 0) => show(scaled(element.layout.xaxis.range, factor, right), scaled(element.layout.yaxis.range, factor, up));
  const whole = () => show(ranges.xaxis.slice(), ranges.yaxis.slice());
  const config = {
    responsive: true, displaylogo: false, displayModeBar: "hover", showSendToCloud: false, scrollZoom: false,
    doubleClick: false, showTips: false, locale: "here", locales: {here: {dictionary: {}, format: {}}},
    modeBarButtons: [[
      button("zoom_in", {icon: Plotly.Icons.zoom_plus, click: () => moved(1 / 2)}),
      button("zoom_out", {icon: Plotly.Icons.zoom_minus, click: () => moved(2)}),
      button("reset", {icon: Plotly.Icons.home, click: whole}),
      savePicture,
    ]],
  };

  const chosen = () => {
    if (!state.merged) return state.site;
    return state.zone >= 0 ? state.zone : state.site >= 0 ? index.zones.of[state.site] : -1;
  };
  // What cannot be seen keeps its colours and its shape for when it can.
  const hide = (level) => {
    [...level.flows, ...level.sites, ...level.leaders].forEach(({t, h = -1, a = -1}) => {
      if (t >= 0) figure.data[t].visible = false;
      if (h >= 0) figure.data[h].visible = false;
      if (a >= 0) figure.layout.annotations[a].visible = false;
    });
  };
  const apply = () => {
    const level = state.merged ? index.zones : index, site = chosen(), difference = state.view === "difference";
    levels.filter((other) => other !== level).forEach(hide);
    const partners = new Set([site]), loose = new Map(), dashes = [];
    const touches = (flow) => site < 0 || flow.from === site || flow.to === site;
    let rank = 0, shown = 0, all = 0;
    // The flows stand largest first, so counting them is ranking them.
    level.flows.forEach((flow) => {
      const size = wide(flow), exists = size > 0;
      if (exists) all += 1;
      const large = exists && rank++ < state.shown;
      const visible = large && !state.commodity.has(String(flow.c)) && !(difference && state.change.has(flow.d));
      const look = difference ? index.changes[flow.d] : index.commodities[flow.c];
      const near = touches(flow);
      if (visible) shown += 1;
      if (visible && near) partners.add(flow.from).add(flow.to);
      if (visible && near && size > 4.5) dashes.push(line(flow));
      if (flow.t < 0) {
        if (visible && near) loose.set(flow.c, [...(loose.get(flow.c) || []), flow]);
        return;
      }
      const trace = figure.data[flow.t];
      trace.visible = visible;
      if (flow.h >= 0) figure.data[flow.h].visible = visible && near;
      trace.opacity = near ? (size > PALE_BELOW ? 1 : PALE) : FADED;
      if (!visible) return;
      shape(flow);
      trace.fillcolor = look.colour;
      trace.line = {...trace.line, color: look.edge};
    });
    Object.entries(index.bulk).forEach(([kind, at]) => {
      const drawn = state.merged ? [] : loose.get(Number(kind)) || [];
      const trace = Object.assign(figure.data[at], {visible: drawn.length > 0, x: [], y: []});
      drawn.forEach((flow) => {
        shapes.arrow(line(flow), Math.max(wide(flow), THIN), 6).forEach(([x, y]) => { trace.x.push(x); trace.y.push(y); });
        trace.x.push(null);
        trace.y.push(null);
      });
    });
    const movement = figure.data[index.movement];
    movement.visible = state.moving && dashes.length > 0;
    movement.x = movement.visible ? dashes.flatMap((path) => [...path.map((point) => point[0]), null]) : [];
    movement.y = movement.visible ? dashes.flatMap((path) => [...path.map((point) => point[1]), null]) : [];
    level.sites.forEach(({t, a}, number) => {
      const seen = site < 0 || partners.has(number);
      Object.assign(figure.data[t], {visible: true, opacity: seen ? 1 : FADED});
      Object.assign(figure.layout.annotations[a], {visible: true, opacity: seen ? 1 : 0.25});
    });
    level.leaders.forEach(({t, s}) => Object.assign(figure.data[t], {visible: true, opacity: site < 0 || partners.has(s) ? 1 : FADED}));
    const count = byId("count");
    if (count) count.textContent = words.count.replace("{shown}", shown).replace("{flows}", all);
    if (byId("zone-sites")) byId("zone-sites").closest(".scroll").hidden = !state.merged;
    [["twin", index, false], ["zone-twin", index.zones, true]].forEach(([name, own, merged]) => {
      const table = byId(name);
      if (!table) return;
      table.closest(".scroll").hidden = merged !== state.merged;
      if (merged !== state.merged) return;
      table.querySelectorAll("tbody tr").forEach((row) => {
        const flow = own.flows[Number(row.dataset.flow)];
        row.hidden = !touches(flow) || state.commodity.has(String(flow.c));
      });
    });
    return Plotly.redraw(element);
  };
  let queued = false;
  const soon = () => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => { queued = false; apply(); });
  };

  levels[0].flows.concat(levels[1]?.flows || []).forEach(shape);
  paint();
  fit();
  // An embedded font is measured with, so it has to be there before anything is drawn.
  await Promise.all([...document.fonts].map((face) => face.load()));
  await Plotly.newPlot(element, figure.data, figure.layout, config);
  // Plotly keeps the objects it was given; what is changed in them is drawn at the next redraw.
  Object.assign(figure, {data: element.data, layout: element.layout});

  const choose = (site) => {
    state.site = state.site === site ? -1 : site;
    state.zone = -1;
    const menu = byId("site");
    if (menu) menu.value = String(state.site);
    soon();
  };
  const chooseZone = (zone) => { state.zone = state.zone === zone ? -1 : zone; soon(); };
  const pick = (key, value) => levels.forEach((level, row) => {
    const found = level.sites.findIndex((site) => site[key] === value);
    if (found >= 0) (row ? chooseZone : choose)(found);
  });
  element.on("plotly_click", ({points}) => pick("t", points[0].curveNumber));
  element.on("plotly_clickannotation", ({index: note}) => pick("a", note));

  // Zooming changes what a pixel stands for: the samples and the scale bar say so.
  const plain = (value) => Number(value.toPrecision(3)).toLocaleString("en", {maximumSignificantDigits: 3}).replace("-", "−");
  const nice = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].find((step) => step * power <= value * (1 + 1e-9)) * power;
  };
  let lastZoom = 1;
  const merging = () => {
    const far = index.zones && lastZoom < (index.zones.first ? 1.6 : 0.62);
    const merged = Boolean(index.zones) && (state.merge === "auto" ? far : state.merge === "zones");
    if (merged === state.merged) return;
    Object.assign(state, {merged, zone: -1});
    soon();
  };
  const keepTrue = () => {
    const [low, high] = element.layout.xaxis.range;
    const zoom = index.span / (high - low);
    if (Math.abs(zoom / lastZoom - 1) < 1e-3) return;
    lastZoom = zoom;
    merging();
    const notes = {};
    index.zoom.samples.forEach(([note, quantity, unit]) => {
      notes[`annotations[${note}].text`] = `${plain(quantity / zoom)} ${unit}`;
    });
    const scale = index.zoom.scale;
    if (!scale) { Plotly.relayout(element, notes); return; }
    const metres = nice(190 / (scale.metre * zoom));
    const start = scale.x1 - metres * scale.metre * zoom;
    const [unit, size] = metres >= 1000 ? ["kilometres", 1000] : ["metres", 1];
    notes[`annotations[${scale.label}].text`] = words[unit].replace("{number}", plain(metres / size));
    notes[`annotations[${scale.label}].x`] = (start + scale.x1) / 2;
    Plotly.update(element, {x: [[start, start, scale.x1, scale.x1]]}, notes, [scale.bar]);
  };
  element.on("plotly_relayout", keepTrue);

  let lastWidth = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === lastWidth || !element.clientWidth) return;
    lastWidth = element.clientWidth;
    fit();
    Plotly.redraw(element);
  }).observe(element);

  page({state, index, time, words, every, plain, reduced, figure, soon, stepped, merging});
  const repaint = (wanted) => { now = wanted; paint(); every.forEach((flow) => { flow.key = ""; }); soon(); };
  byId("theme")?.addEventListener("click", () => repaint(now === "dark" ? "light" : "dark"));
  if (!theme) dark.addEventListener("change", () => repaint(dark.matches ? "dark" : "light"));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (state.site >= 0 || state.zone >= 0)) { state.zone = -1; if (state.site >= 0) choose(state.site); else soon(); }
  });
  const keys = {
    ArrowLeft: () => moved(1, -0.15), ArrowRight: () => moved(1, 0.15), ArrowUp: () => moved(1, 0, 0.15), ArrowDown: () => moved(1, 0, -0.15),
    "+": () => moved(1 / 1.5), "=": () => moved(1 / 1.5), "-": () => moved(1.5), 0: whole,
  };
  element.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  if (index.flows.length) await apply();
  element.dataset.ready = "true";
})().catch((error) => {
  document.getElementById("map").hidden = true;
  document.getElementById("failed").hidden = false;
  console.error(error);
});
