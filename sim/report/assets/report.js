// Draws the charts of the page. All data is in the page; nothing is fetched.
(() => {
  const { charts, themes } = JSON.parse(document.getElementById("report-data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawings = [];
  let printing = false;

  /** Replaces colour tokens such as $m0 by those of the theme. */
  function themed(value, theme) {
    if (typeof value === "string") return theme[value] ?? value;
    if (Array.isArray(value)) return value.map((entry) => themed(entry, theme));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, themed(entry, theme)]));
  }

  function draw({ instance, chart, key }) {
    const theme = printing || !dark.matches ? themes.light : themes.dark;
    instance.setOption(themed(chart.variants[key], theme), { notMerge: true });
  }

  for (const chart of charts) {
    const figure = document.getElementById(chart.id);
    const inputs = [...figure.querySelectorAll("[data-choice]")];
    const instance = echarts.init(figure.querySelector(".chart"), null, { renderer: "svg" });
    const drawing = { instance, chart, key: inputs.map(({ value }) => value).join("-") };
    drawings.push(drawing);
    draw(drawing);
    for (const input of inputs)
      input.addEventListener("input", () => {
        if (input.dataset.labels) {
          const label = JSON.parse(input.dataset.labels)[Number(input.value)];
          input.setAttribute("aria-valuetext", label);
          input.nextElementSibling.textContent = label;
        }
        drawing.key = inputs.map(({ value }) => value).join("-");
        for (const part of figure.querySelectorAll("[data-variant]"))
          part.hidden = part.dataset.variant !== drawing.key;
        draw(drawing);
      });
    new ResizeObserver(() => instance.resize()).observe(figure);
  }

  const redraw = () => drawings.forEach(draw);
  const print = (on) => () => {
    printing = on;
    redraw();
    drawings.forEach(({ instance }) => instance.resize());
  };
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
})();
