// Draws the charts from the numbers that stand in the page; the tables beneath are closed once they are drawn.
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = new Map();

function options(chart, width) {
  const text = style("--df-text-2"), line = style("--df-line"), flat = chart.kind === "flat";
  const colours = [0, 1, 2, 3, 4, 5].map((n) => style(`--df-c${n}`));
  const many = !flat && chart.labels.length * chart.series.length * 40 > width;
  const names = { type: "category", data: chart.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: text, hideOverlap: true, fontSize: 12 }, inverse: flat };
  const numbers = { type: "value", min: 0, minInterval: chart.kind === "line" ? 0 : 1, splitLine: { lineStyle: { color: line, width: 1 } }, axisLabel: { color: text, fontSize: 12 } };
  return {
    animation: false,
    color: colours,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: flat ? 36 : 8, top: 20, bottom: 4, containLabel: true },
    xAxis: flat ? numbers : names,
    yAxis: flat ? names : numbers,
    series: chart.series.map((one) => ({
      name: one.name, data: one.data, type: chart.kind === "line" ? "line" : "bar",
      barMaxWidth: 28, barGap: "10%", symbolSize: 6, connectNulls: true, lineStyle: { width: 2 },
      label: { show: !many, position: flat ? "right" : "top", color: text, fontSize: 12, formatter: (of) => (of.value ? `${of.value}` : "") },
    })),
  };
}

function draw() {
  const source = document.getElementById("chart-data");
  if (!source || !window.echarts) return;
  for (const chart of JSON.parse(source.textContent)) {
    const place = document.querySelector(`[data-chart="${chart.id}"]`);
    if (!place) continue;
    place.hidden = false;
    if (!drawn.has(chart.id)) {
      drawn.set(chart.id, window.echarts.init(place, null, { renderer: "canvas" }));
      place.nextElementSibling.open = false;
    }
    drawn.get(chart.id).setOption(options(chart, place.clientWidth), true);
  }
}

draw();
new ResizeObserver(() => drawn.forEach((one) => one.resize())).observe(document.body);
new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", () => document.querySelectorAll(".df-seen").forEach((one) => { one.open = true; }));
