// Charts, and manners for live fragments. No inline code: the page works without this file.
"use strict";

(() => {
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const DASH = { anxiety: "solid", doubt: [7, 3], hostility: "solid", support: [2, 3], volume: "solid" };
  const two = (n) => String(n).padStart(2, "0");
  // Times arrive as the wall clock's reading in UTC, so they are read back in UTC.
  const clock = (ms) => { const d = new Date(ms); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };
  const day = (ms) => { const d = new Date(ms); return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`; };

  function node(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function nearby(list, from, to) {
    return list.filter((one) => one.at >= from && one.at < to);
  }

  // One hover reads every mood at once; the text is set, never parsed, for it may quote a post.
  function tip(data, index) {
    const from = data.times[index], to = from + data.step * 1000;
    const box = node("div", "tip");
    box.append(node("p", "tip-time", `${day(from)} ${clock(from)}–${clock(to)}`));
    for (const curve of data.curves) {
      const value = curve.values[index];
      const row = node("p", "tip-row");
      row.append(node("span", `swatch swatch-${curve.name}`), node("span", "tip-name", curve.label));
      row.append(node("strong", "", value === null ? data.words.unknown : `${value}${data.unit === "%" ? "%" : ""}`));
      const band = data.bands[curve.name];
      if (band && band.high[index] !== null) row.append(node("span", "tip-range", `${data.words.expected} ${band.low[index]}–${band.high[index]}`));
      box.append(row);
    }
    for (const spike of nearby(data.spikes, from, to)) {
      box.append(node("p", "tip-why", spike.why));
      box.append(node("p", "tip-range", `${data.words.expected} ${Math.round(spike.low)}–${Math.round(spike.high)}`));
    }
    for (const release of nearby(data.releases, from, to)) {
      box.append(node("p", "tip-why", `${data.words.release} ${release.number} ${release.headline}`));
    }
    for (const span of data.blind.filter((one) => one.from < to && one.to > from)) {
      box.append(node("p", "tip-range", `${data.words.blind} ${span.source}`));
    }
    return box;
  }

  function line(data, curve) {
    const colour = ink(curve.name);
    const bold = curve.name === "hostility";
    const points = curve.values.map((value, index) => [data.times[index], value]);
    const spikes = data.spikes.filter((one) => one.mood === curve.name).map((one) => {
      const index = Math.max(0, Math.floor((one.at - data.times[0]) / (data.step * 1000)));
      return { coord: [data.times[index], curve.values[index] ?? 0], name: data.words.spike };
    }).filter((one) => one.coord[0] !== undefined);
    return {
      name: curve.label, type: "line", data: points, showSymbol: false, connectNulls: false,
      lineStyle: { color: colour, width: bold ? 2.6 : curve.name === "volume" ? 1.4 : 2, type: DASH[curve.name] },
      itemStyle: { color: colour }, emphasis: { disabled: true }, z: bold ? 5 : 3,
      areaStyle: curve.name === "volume" ? { color: colour, opacity: 0.07 } : undefined,
      endLabel: { show: true, formatter: curve.label, color: colour, fontWeight: 600, distance: 6, lineHeight: 15 },
      labelLayout: { moveOverlap: "shiftY" },
      markPoint: { symbol: "triangle", symbolSize: [11, 10], symbolOffset: [0, -10], data: spikes, label: { show: false }, itemStyle: { color: colour, borderColor: ink("panel"), borderWidth: 1 }, animation: false },
    };
  }

  // The expected range of one curve: what it held before says how much would be nothing special.
  function band(data, name) {
    const ends = data.bands[name];
    if (!ends) return [];
    const at = (values) => values.map((value, index) => [data.times[index], value]);
    const above = ends.high.map((high, index) => (high === null ? null : high - ends.low[index]));
    const shared = { type: "line", silent: true, showSymbol: false, symbol: "none", lineStyle: { opacity: 0 }, stack: "band", stackStrategy: "all", z: 1, animation: false, connectNulls: false, emphasis: { disabled: true }, tooltip: { show: false } };
    return [
      { ...shared, name: "low", data: at(ends.low), areaStyle: { opacity: 0 } },
      { ...shared, name: "high", data: at(above), areaStyle: { color: ink(name), opacity: 0.14 } },
    ];
  }

  function hatching() {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = ink("blind");
    pen.lineWidth = 1.6;
    for (const shift of [-8, 0, 8]) { pen.beginPath(); pen.moveTo(shift, 8); pen.lineTo(shift + 8, 0); pen.stroke(); }
    return tile;
  }

  // A line of its own carries what belongs to no mood: statements, and the hatching of blindness.
  function marks(data) {
    const blue = ink("release");
    return {
      name: "", type: "line", data: [], silent: true, animation: false,
      markLine: {
        symbol: "none", animation: false,
        data: data.releases.map((one) => ({ xAxis: one.at, label: { formatter: one.number } })),
        lineStyle: { color: blue, type: "solid", width: 2 },
        label: { color: blue, fontWeight: 600, position: "insideEndTop", rotate: 90, distance: 4 },
      },
      markArea: {
        itemStyle: { color: { image: hatching(), repeat: "repeat" }, opacity: 0.8 },
        data: data.blind.map((one) => [{ xAxis: one.from }, { xAxis: one.to }]),
      },
    };
  }

  function option(data, narrow, banded) {
    const quiet = ink("quiet");
    const span = data.times.length * data.step;
    const wide = (text) => [...text].reduce((sum, one) => sum + (one > "\u2e80" ? 13 : 7.5), 18);
    const right = Math.max(44, ...data.curves.map((curve) => wide(curve.label)));
    return {
      animation: false, textStyle: { fontFamily: ink("font"), color: quiet, fontSize: 12 },
      useUTC: true, grid: { left: narrow ? 34 : 44, right, top: 22, bottom: 28 },
      xAxis: { type: "time", min: data.times[0], max: data.times[data.times.length - 1], axisLine: { lineStyle: { color: ink("line") } }, axisTick: { show: false }, splitNumber: narrow ? 3 : 6, axisLabel: { color: quiet, hideOverlap: true, formatter: (at) => (span > 86400 * 2 ? day(at) : clock(at)) } },
      yAxis: { type: "value", min: 0, minInterval: data.unit === "%" ? undefined : 1, name: data.unit, nameTextStyle: { color: quiet, align: "right" }, axisLabel: { color: quiet }, splitLine: { lineStyle: { color: ink("grid-line") } } },
      tooltip: { trigger: "axis", confine: true, appendTo: undefined, className: "tip-frame", transitionDuration: 0, formatter: (items) => (items.length ? tip(data, items[0].dataIndex) : ""), axisPointer: { lineStyle: { color: quiet } } },
      series: [...data.curves.map((curve) => line(data, curve)), ...band(data, banded), marks(data)],
    };
  }

  class Chart {
    constructor(box) {
      this.box = box;
      this.note = box.closest("figure")?.querySelector("[data-chart-note]");
      this.choices = box.closest("figure")?.querySelector("[data-bands]");
      this.draw = null;
      this.load();
      if (box.dataset.live) setInterval(() => document.hidden || this.load(), box.dataset.live * 1000);
      new ResizeObserver(() => { if (this.draw) { this.draw.resize(); this.show(); } }).observe(box);
    }

    async load() {
      const answer = await fetch(this.box.dataset.chart, { headers: { accept: "application/json" } }).catch(() => null);
      if (!answer?.ok) { this.box.dataset.stale = "yes"; return; }
      delete this.box.dataset.stale;
      this.data = await answer.json();
      this.show();
    }

    // Which curve's range is drawn: the one that last rose beyond it, unless someone chose.
    offer() {
      const { bands, spikes, curves, words } = this.data;
      const last = spikes.reduce((late, one) => (!late || one.at > late.at ? one : late), null);
      this.banded = this.chosen ?? last?.mood ?? "volume";
      if (!this.choices) return;
      this.choices.hidden = !Object.keys(bands).length;
      const offered = [...curves.map((curve) => [curve.name, curve.label]), ["", words.band_none]];
      if (!this.choices.childElementCount) {
        this.choices.append(node("legend", "", words.band), ...offered.map(([name, label]) => {
          const button = node("button", "", label);
          button.type = "button";
          button.addEventListener("click", () => { this.chosen = name; this.show(); });
          button.dataset.band = name;
          return button;
        }));
      }
      for (const button of this.choices.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.band === this.banded));
    }

    show() {
      if (!this.data) return;
      const { note, curves, words } = this.data;
      const known = curves.some((curve) => curve.values.some((value) => value !== null));
      if (this.note) this.note.textContent = known ? note : words.empty;
      if (!this.draw) { this.box.replaceChildren(); this.draw = echarts.init(this.box, null, { renderer: "canvas" }); }
      this.offer();
      this.draw.setOption(option(this.data, this.box.clientWidth < 520, this.banded), { notMerge: true });
      this.box.dataset.drawn = String(this.data.times.length);
    }
  }

  function start() {
    if (typeof echarts === "undefined") return;
    const charts = [...document.querySelectorAll("[data-chart]")].map((box) => new Chart(box));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((one) => one.show()));
  }

  // A fragment that someone is reading or filling in is not taken from under them, neither when it
  // would ask for news nor when an answer comes that was asked for before.
  function held(part) {
    if (!part.getAttribute("hx-trigger")?.startsWith("every")) return false;
    const busy = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    return document.hidden || busy || part.querySelector("details[open]") !== null;
  }
  document.addEventListener("htmx:beforeRequest", (event) => { if (held(event.detail.elt)) event.preventDefault(); });
  document.addEventListener("htmx:beforeSwap", (event) => { if (held(event.detail.requestConfig.elt)) event.detail.shouldSwap = false; });

  // Unsaved words are not lost by a stray click, nor those that were sent and came back unsaved.
  const dirty = new Set();
  document.addEventListener("input", (event) => { const form = event.target.closest("form[data-keep]"); if (form) dirty.add(form); });
  const free = (part) => part.querySelectorAll("form button[disabled]").forEach((one) => { one.disabled = false; });

  // Steps that cannot be undone ask once, in the words the page gives.
  let pressed = "";
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
    if (question && !confirm(question)) { event.preventDefault(); return; }
    dirty.delete(event.target);
    pressed = event.submitter?.value ?? "";
    // A second click must not send the form twice.
    setTimeout(() => event.target.querySelectorAll("button").forEach((one) => { one.disabled = true; }));
  });
  window.addEventListener("pageshow", () => free(document));
  window.addEventListener("beforeunload", (event) => {
    if (!dirty.size) return;
    event.preventDefault();
    // Who is asked and stays can press again what they pressed.
    setTimeout(() => free(document), 500);
  });

  // A click that corrects a mood leaves the keyboard where it was; one that was refused says so.
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.matches("form.moods") && document.activeElement === document.body) event.detail.elt.querySelector(`[value="${pressed}"]`)?.focus();
  });
  function refused(event) {
    const form = event.detail.elt;
    if (!form.matches("form.moods")) return;
    free(form.parentElement);
    form.querySelector("[role=alert]")?.remove();
    const said = node("span", "urgent", document.body.dataset.refused);
    said.setAttribute("role", "alert");
    form.append(said);
  }
  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", refused);

  // A query that cannot be read is shown with the cursor where it stops making sense.
  function pointAtError() {
    const field = document.querySelector("textarea[data-caret]");
    if (!field) return;
    field.focus();
    field.setSelectionRange(Number(field.dataset.caret), Number(field.dataset.caret) + 1);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-unsaved]").forEach((form) => dirty.add(form));
    start();
    pointAtError();
  });
})();
