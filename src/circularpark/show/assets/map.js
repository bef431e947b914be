"use strict";
(async () => {
  const element = document.getElementById("map");
  const {figure, index, title, words} = JSON.parse(document.getElementById("data").textContent);
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (c) => c.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(unpacked).text();
  document.head.append(script);

  const {width, height} = figure.layout.meta;
  const state = {view: "plan", shown: index.shown, site: -1, commodity: new Set(), change: new Set()};
  const FADED = 0.07;

  // The size of texts follows the size of the map, so that labels keep clear of one another.
  const fitted = () => {
    const ratio = element.clientWidth / width;
    return figure.layout.annotations.map((note) => ({...note, font: {...note.font, size: note.font.size * ratio}}));
  };

  const savePicture = {
    name: "save", title: words.save, icon: Plotly.Icons.camera,
    click: () => {
      const layout = {...element.layout, showlegend: true, width, height: height + 110, title: {text: escapeText(title), x: 0.02, y: 0.985, yanchor: "top"},
        margin: {l: 0, r: 0, t: 110, b: 0}, legend: {orientation: "h", x: 0, y: 1, yanchor: "bottom"},
        annotations: element.layout.annotations.map((note, number) => ({...note, font: figure.layout.annotations[number].font}))};
      Plotly.downloadImage({data: element.data, layout}, {format: "png", scale: 2, width, height: height + 110, filename: words.picture});
    },
  };
  const escapeText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const button = (name, attributes) => ({name, title: words[name], ...attributes});
  const zoomBy = (factor) => () => {
    const scaled = ([a, b]) => { const m = (a + b) / 2, h = (b - a) / 2 * factor; return [m - h, m + h]; };
    Plotly.relayout(element, {"xaxis.range": scaled(element.layout.xaxis.range), "yaxis.range": scaled(element.layout.yaxis.range)});
  };
  const ranges = {xaxis: figure.layout.xaxis.range.slice(), yaxis: figure.layout.yaxis.range.slice()};
  const config = {
    responsive: true, displaylogo: false, displayModeBar: "hover", showSendToCloud: false, scrollZoom: false,
    doubleClick: false, showTips: false, locale: "here", locales: {here: {dictionary: {}, format: {}}},
    modeBarButtons: [[
      button("zoom_in", {icon: Plotly.Icons.zoom_plus, click: zoomBy(1 / 2)}),
      button("zoom_out", {icon: Plotly.Icons.zoom_minus, click: zoomBy(2)}),
      button("reset", {icon: Plotly.Icons.home, click: () => Plotly.relayout(element, {"xaxis.range": ranges.xaxis.slice(), "yaxis.range": ranges.yaxis.slice()})}),
      savePicture,
    ]],
  };

  await Plotly.newPlot(element, figure.data, {...figure.layout, annotations: fitted()}, config);

  const touches = (flow) => state.site < 0 || flow.from === state.site || flow.to === state.site;
  const apply = () => {
    // The flows stand largest first, so counting them is ranking them.
    const update = {visible: [], opacity: [], fillcolor: [], "line.color": []};
    const traces = [];
    const set = (trace, visible, opacity, fill, edge) => {
      traces.push(trace);
      update.visible.push(visible);
      update.opacity.push(opacity);
      update.fillcolor.push(fill);
      update["line.color"].push(edge);
    };
    const partners = new Set([state.site]);
    let rank = 0, shown = 0, all = 0;
    index.flows.forEach((flow) => {
      const difference = state.view === "difference";
      const exists = difference || flow.d !== "gone";
      if (exists) all += 1;
      const large = exists && rank++ < state.shown;
      const visible = large && !state.commodity.has(String(flow.c)) && !(difference && state.change.has(flow.d));
      const look = difference ? index.changes[flow.d] : index.commodities[flow.c];
      const near = touches(flow);
      if (visible) shown += 1;
      if (visible && near) partners.add(flow.from).add(flow.to);
      set(flow.t, visible, near ? flow.o : FADED, look.colour, look.edge);
      if (flow.h >= 0) set(flow.h, visible && near, 1, "rgba(0,0,0,0)", "rgba(0,0,0,0)");
    });
    const notes = {};
    index.sites.forEach((site, number) => {
      const opacity = state.site < 0 || partners.has(number) ? 1 : FADED;
      const {fillcolor, line} = element.data[site.t];
      set(site.t, true, opacity, fillcolor, line.color);
      notes[`annotations[${site.a}].opacity`] = opacity === 1 ? 1 : 0.25;
    });
    index.leaders.forEach((leader) => {
      const {fillcolor, line} = element.data[leader.t];
      set(leader.t, true, state.site < 0 || partners.has(leader.s) ? 1 : FADED, fillcolor, line.color);
    });
    const count = document.getElementById("count");
    if (count) count.textContent = words.count.replace("{shown}", shown).replace("{flows}", all);
    document.querySelectorAll("#twin tbody tr").forEach((row) => {
      const flow = index.flows[Number(row.dataset.flow)];
      row.hidden = !touches(flow) || state.commodity.has(String(flow.c));
    });
    return Plotly.update(element, update, notes, traces);
  };
  let queued = false;
  const soon = () => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(() => { queued = false; apply(); });
  };

  const choose = (site) => {
    state.site = state.site === site ? -1 : site;
    const menu = document.getElementById("site");
    if (menu) menu.value = String(state.site);
    soon();
  };
  const siteOfTrace = new Map(index.sites.map((site, number) => [site.t, number]));
  const siteOfNote = new Map(index.sites.map((site, number) => [site.a, number]));
  element.on("plotly_click", ({points}) => {
    const site = siteOfTrace.get(points[0].curveNumber);
    if (site !== undefined) choose(site);
  });
  element.on("plotly_clickannotation", ({index: note}) => {
    if (siteOfNote.has(note)) choose(siteOfNote.get(note));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.site >= 0) choose(state.site);
  });

  // Zooming changes what a pixel stands for: the samples and the scale bar say so.
  const plain = (value) => {
    const digits = Number(value.toPrecision(3));
    return digits.toLocaleString("en", {maximumSignificantDigits: 3});
  };
  const nice = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].find((step) => step * power <= value * (1 + 1e-9)) * power;
  };
  let lastZoom = 1;
  const keepTrue = () => {
    const [low, high] = element.layout.xaxis.range;
    const zoom = index.span / (high - low);
    if (Math.abs(zoom / lastZoom - 1) < 1e-3) return;
    lastZoom = zoom;
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
    const ratio = lastWidth / width;
    const sizes = {};
    figure.layout.annotations.forEach((note, number) => { sizes[`annotations[${number}].font.size`] = note.font.size * ratio; });
    Plotly.relayout(element, sizes);
  }).observe(element);

  document.getElementById("largest")?.addEventListener("input", (event) => { state.shown = Number(event.target.value); soon(); });
  document.getElementById("site")?.addEventListener("change", (event) => { state.site = Number(event.target.value); soon(); });
  document.querySelectorAll("[data-view]").forEach((one, _, all) => one.addEventListener("click", () => {
    state.view = one.dataset.view;
    all.forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
    document.getElementById("commodity-legend").hidden = state.view === "difference";
    document.getElementById("change-legend").hidden = state.view === "plan";
    soon();
  }));
  for (const kind of ["commodity", "change"]) {
    const buttons = [...document.querySelectorAll(`[data-${kind}]`)];
    const show = () => {
      buttons.forEach((one) => one.setAttribute("aria-pressed", String(!state[kind].has(one.dataset[kind]))));
      document.getElementById(`${kind}-legend`)?.classList.toggle("filtered", state[kind].size > 0);
      soon();
    };
    buttons.forEach((one) => one.addEventListener("click", () => {
      const key = one.dataset[kind];
      if (!state[kind].delete(key)) state[kind].add(key);
      show();
    }));
    // A double click leaves only the one that was clicked.
    buttons.forEach((one) => one.addEventListener("dblclick", () => {
      state[kind] = new Set(buttons.map((b) => b.dataset[kind]).filter((key) => key !== one.dataset[kind]));
      show();
    }));
    document.querySelector(`[data-all=${kind}]`)?.addEventListener("click", () => { state[kind].clear(); show(); });
  }
  if (index.flows.length) await apply();
  element.dataset.ready = "true";
})().catch((error) => {
  document.getElementById("map").hidden = true;
  document.getElementById("failed").hidden = false;
  console.error(error);
});
