// What stands around the map: switches, sliders and legends.
const page = ({state, index, time, words, every, plain, reduced, figure, soon, stepped, merging}) => {
  const byId = (name) => document.getElementById(name);
  const pressed = (one, on) => one.setAttribute("aria-pressed", String(on));

  byId("largest")?.addEventListener("input", (event) => { state.shown = Number(event.target.value); soon(); });
  byId("site")?.addEventListener("change", (event) => { Object.assign(state, {site: Number(event.target.value), zone: -1}); soon(); });
  for (const kind of ["commodity", "change"]) {
    const buttons = [...document.querySelectorAll(`[data-${kind}]`)];
    const show = () => {
      buttons.forEach((one) => pressed(one, !state[kind].has(one.dataset[kind])));
      byId(`${kind}-legend`)?.classList.toggle("filtered", state[kind].size > 0);
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

  const toggle = (name) => byId(name)?.addEventListener("click", ({currentTarget}) => {
    state[name] = !state[name];
    pressed(currentTarget, state[name]);
    document.documentElement.classList.toggle(name, state[name]);
    soon();
  });
  toggle("routed");
  toggle("moving");
  const still = () => { if (byId("moving")) byId("moving").hidden = reduced.matches; };
  still();
  reduced.addEventListener("change", still);
  document.querySelectorAll("[data-merge]").forEach((one, _, all) => one.addEventListener("click", () => {
    state.merge = one.dataset.merge;
    all.forEach((other) => pressed(other, other === one));
    merging();
  }));

  // The step of time: a menu of days where there are several, and a slider of years or hours.
  const group = byId("group"), slider = byId("step"), play = byId("play");
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    if (play) { play.textContent = words.play; pressed(play, false); }
    document.documentElement.classList.remove("playing");
  };
  const tell = () => {
    const at = stepped() ? state.step : -1;
    const label = at < 0 ? "" : [time.groups[time.group[at]], time.steps[at]].filter(Boolean).join(" ");
    const written = (flow) => { const [, unit, size] = index.units[flow.u]; return `${plain(flow.v[at] / size)} ${unit}`; };
    every.forEach((flow) => {
      const trace = figure.data[flow.h >= 0 ? flow.h : flow.t];
      if (!trace) return;
      flow.text ??= trace.text;
      // What is said of a whole year is not said of another year's flow.
      const other = time.kind === "years" && at >= 0 && at < time.steps.length - 1;
      const lines = flow.text.split("<br>").filter((one) => !(other && words.yearly.some((word) => one.startsWith(word))));
      if (at >= 0) lines.splice(2, 1, label, `${words.quantity}${words.colon}${written(flow)}`);
      trace.text = lines.join("<br>");
    });
    [["twin", index.flows], ["zone-twin", index.zones?.flows]].forEach(([name, flows]) => {
      byId(name)?.querySelectorAll("td.q").forEach((cell, row) => {
        cell.dataset.whole ??= cell.textContent;
        cell.textContent = at < 0 ? cell.dataset.whole : written(flows[row]);
      });
      const table = byId(name), first = table?.querySelector("td.q");
      if (!first) return;
      const head = table.tHead.rows[0].cells[first.cellIndex];
      head.dataset.whole ??= head.textContent;
      head.textContent = head.dataset.whole + (label && ` · ${label}`);
    });
    const said = label || words.year;
    if (byId("moment")) byId("moment").textContent = time.kind === "days" && at >= 0 ? time.steps[at] : time.kind === "days" ? "" : said;
    slider?.setAttribute("aria-valuetext", said);
  };
  const go = () => {
    const day = group ? Number(group.value) : 0, value = Number(slider.value);
    if (time.kind === "days") {
      slider.disabled = day < 0;
      state.step = day < 0 ? -1 : time.first[day] + Math.min(value, time.count[day] - 1);
    } else state.step = time.kind === "years" ? value : value - 1;
    tell();
    soon();
  };
  if (time) {
    group?.addEventListener("change", () => { stop(); go(); });
    slider.addEventListener("input", () => { stop(); go(); });
    play.addEventListener("click", () => {
      if (timer) { stop(); return; }
      if (group && Number(group.value) < 0) group.value = "0";
      play.textContent = words.pause;
      pressed(play, true);
      // Widths glide from step to step unless the reader has asked for less motion.
      document.documentElement.classList.toggle("playing", !reduced.matches);
      const [low, high] = [Number(slider.min), Number(slider.max)];
      timer = setInterval(() => {
        slider.value = String(Number(slider.value) >= high ? low : Number(slider.value) + 1);
        go();
      }, time.kind === "days" ? 500 : 1200);
    });
    if (time.kind === "years") { slider.value = slider.max; go(); } else tell();
  }

  document.querySelectorAll("[data-view]").forEach((one, _, all) => one.addEventListener("click", () => {
    state.view = one.dataset.view;
    all.forEach((other) => pressed(other, other === one));
    byId("commodity-legend").hidden = state.view === "difference";
    byId("change-legend").hidden = state.view === "plan";
    if (time) { stop(); byId("period").hidden = state.view === "difference"; tell(); }
    soon();
  }));
};
