"""What a program can see of how a page looks: three questions to a page, in JavaScript.

Each gives a list of what is wrong, empty where nothing is. They look at labmail's own cards and
pictures, in a notebook's outputs or on a bare page.
"""

from __future__ import annotations

CARDS = "document.querySelectorAll('.lm, .lmj')"

TOO_WIDE = f"""[...{CARDS}].filter(card => {{
  const column = card.closest('.jp-OutputArea-output') ?? document.body;
  return card.getBoundingClientRect().right > column.getBoundingClientRect().right + 1
    && getComputedStyle(card.parentElement).overflowX !== 'auto' }})
  .map(card => card.textContent.slice(-60))"""
"""Cards that stick out of their column and cannot be scrolled."""

CRUSHED = f"""[...{CARDS}].flatMap(card => [...card.querySelectorAll('dt, td, th, h3, b')])
  .filter(e => {{
    const word = Math.max(0, ...e.textContent.split(/\\s+/).map(word => word.length));
    const width = e.getBoundingClientRect().width;
    return word > 3 && width > 0 && width < 24 }})
  .map(e => e.textContent.slice(0, 60))"""
"""Words that are broken letter by letter, because a page's own rules have narrowed their box."""

PALE = f"""(() => {{
  const parse = colour => {{
    const n = colour.match(/[\\d.]+/g).map(Number);
    const part = colour.startsWith('color(srgb') ? 255 : 1;
    return [part * n[0], part * n[1], part * n[2], n[3] ?? 1] }};
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) =>
    .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
  const ground = e => {{
    for (; e; e = e.parentElement) {{
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] > .99) return colour }}
    return [255, 255, 255, 1] }};
  const speaks = e => e.tagName !== 'STYLE' && !e.closest('svg')
    && [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const contrast = e => {{
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) }};
  return [...{CARDS}].flatMap(card => [...card.querySelectorAll('*')]).filter(speaks)
    .filter(e => contrast(e) < 4.5)
    .map(e => [e.textContent.slice(0, 40), Math.round(contrast(e) * 10) / 10]) }})()"""
"""Text whose contrast with its ground is below 4.5 to 1 (WCAG 2, success criterion 1.4.3)."""

QUESTIONS = {
    "wider than its column": TOO_WIDE,
    "a word broken letter by letter": CRUSHED,
    "text that is hard to tell from its ground": PALE,
}
